export { type NatsServers, SchedulerClient, SchedulerSilentError } from './scheduler-client.js';
