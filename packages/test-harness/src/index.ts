export { startNats, type NatsServer } from './nats-server.js';
export { waitFor, type WaitOptions } from './wait-for.js';
