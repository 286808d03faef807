export { startNats, type NatsServer } from './nats-server.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { createDestinationDatabase, createMetadataDatabase } from './test-databases.js';
export { insertAccount, insertApiKey, insertRun, insertSynchronization, type Sql } from './metadata-rows.js';
export { type TestDatabase } from './template-database.js';
export { startOrigin, type Origin, type OriginOptions, type ResponseStep } from './origin/start-origin.js';
export { type BodyPieces, type RecordedRequest, type ResponseScript } from './origin/response-script.js';
export { type ServedFile } from './origin/serve-file.js';
