export type { NatsServers } from './ask.js';
export { ImporterClient, ImporterSilentError } from './importer-client.js';
export { SchedulerClient, SchedulerSilentError } from './scheduler-client.js';
