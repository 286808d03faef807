export { SchedulerClient, SchedulerSilentError } from './scheduler-client.js';
