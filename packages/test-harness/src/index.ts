export { startNats, type NatsServer } from './nats-server.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { createDestinationDatabase, createMetadataDatabase } from './test-databases.js';
export { insertAccount, insertApiKey, insertRun, insertSynchronization, type Sql } from './metadata-rows.js';
export { type TestDatabase } from './template-database.js';
