export {
  connectMetadata,
  metadataDataSourceOptions,
  runsToCloseChannel,
  synchronizationDueChannel,
} from './data-source.js';
export { Account } from './entities/account.entity.js';
export { ApiKey } from './entities/api-key.entity.js';
export { OutboxMessage } from './entities/outbox-message.entity.js';
export { Run } from './entities/run.entity.js';
export { RunLogEntry } from './entities/run-log-entry.entity.js';
export { Synchronization } from './entities/synchronization.entity.js';
export { Webhook } from './entities/webhook.entity.js';
export { WebhookDelivery } from './entities/webhook-delivery.entity.js';
export { runMigrations } from './run-migrations.js';
