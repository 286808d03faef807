export { type CronSchedule, nextInstants } from './next-instants.js';
export { type CronProblem, readCron, type ReadCron } from './read-cron.js';
