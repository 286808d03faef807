export { apiEnvSchema, type ApiEnvironment, parseApiEnvironment } from './api.env.js';
export { type ApiService, start } from './start.js';
export { apiMetrics } from './metrics.js';
