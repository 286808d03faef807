export { ProblemError, UnreachableError } from './client-errors.js';
export { type Client, type ClientOptions, createClient } from './create-client.js';
export type { Operations, Schemas } from './schema.js';
