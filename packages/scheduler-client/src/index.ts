export type { NatsServers } from './ask.js';
export { FetcherClient, FetcherSilentError } from './fetcher-client.js';
export { ImporterClient, ImporterSilentError } from './importer-client.js';
export { SchedulerClient, SchedulerSilentError } from './scheduler-client.js';
