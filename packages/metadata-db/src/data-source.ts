import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Account } from './entities/account.entity.js';
import { ApiKey } from './entities/api-key.entity.js';
import { AuditEntry } from './entities/audit-entry.entity.js';
import { Clock } from './entities/clock.entity.js';
import { IdempotencyKey } from './entities/idempotency-key.entity.js';
import { OutboxMessage } from './entities/outbox-message.entity.js';
import { Run } from './entities/run.entity.js';
import { RunLogEntry } from './entities/run-log-entry.entity.js';
import { Synchronization } from './entities/synchronization.entity.js';
import { Webhook } from './entities/webhook.entity.js';
import { WebhookDelivery } from './entities/webhook-delivery.entity.js';
import { CreateSynchronizations1764000000000 } from './migrations/1764000000000-create-synchronizations.js';
import { AddSourceValidation1764000100000 } from './migrations/1764000100000-add-source-validation.js';
import { AddMemberAndLayer1764001000000 } from './migrations/1764001000000-add-member-and-layer.js';
import { AddAccountLimits1764002000000 } from './migrations/1764002000000-add-account-limits.js';
import { AddSoonTries1764004000000 } from './migrations/1764004000000-add-soon-tries.js';
import { AddStorageServices1764005000000 } from './migrations/1764005000000-add-storage-services.js';
import { HoldBackRuns1764006000000 } from './migrations/1764006000000-hold-back-runs.js';
import { AddRequestCredentials1764007000000 } from './migrations/1764007000000-add-request-credentials.js';
import { AddPushedAt1764008000000 } from './migrations/1764008000000-add-pushed-at.js';
import { LimitRunsOfHosts1764010000000 } from './migrations/1764010000000-limit-runs-of-hosts.js';
import { CloseRunsEarly1764011000000 } from './migrations/1764011000000-close-runs-early.js';
import { ServeVersion21764012000000 } from './migrations/1764012000000-serve-version-2.js';
import { AddSyncFreshness1764013000000 } from './migrations/1764013000000-add-sync-freshness.js';
import { AddWebhooks1764014000000 } from './migrations/1764014000000-add-webhooks.js';
import { AddAccountControls1764015000000 } from './migrations/1764015000000-add-account-controls.js';

/** The channel on which the api tells every scheduler that a synchronization became due just now. */
export const synchronizationDueChannel = 'synchronization_due';

/** The channel on which the database itself tells every scheduler that a run must not go on: see the migration of that name. */
export const runsToCloseChannel = 'runs_to_close';

/** How long a query waits for a connection of the pool, in milliseconds. */
const connectTimeoutMs = 10_000;

/** Options for a connection pool to the metadata database; nothing is ever changed by connecting. */
export function metadataDataSourceOptions(url: string, poolSize = 10): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [
      ...[Account, ApiKey, Clock, Synchronization, Run, RunLogEntry, OutboxMessage, IdempotencyKey],
      ...[AuditEntry, Webhook, WebhookDelivery],
    ],
    migrations: [
      CreateSynchronizations1764000000000,
      AddSourceValidation1764000100000,
      AddMemberAndLayer1764001000000,
      AddAccountLimits1764002000000,
      AddSoonTries1764004000000,
      AddStorageServices1764005000000,
      HoldBackRuns1764006000000,
      AddRequestCredentials1764007000000,
      AddPushedAt1764008000000,
      LimitRunsOfHosts1764010000000,
      CloseRunsEarly1764011000000,
      ServeVersion21764012000000,
      AddSyncFreshness1764013000000,
      AddWebhooks1764014000000,
      AddAccountControls1764015000000,
    ],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    migrationsRun: false,
    logging: false,
    // TypeORM would create uuid-ossp by connecting, which nothing here needs and a plain role may not do.
    installExtensions: false,
    extra: {
      max: poolSize,
      application_name: 'tidetable',
      options: '-c timezone=UTC',
      // A server that vanished without a word is noticed, and nobody waits for a connection for ever.
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
    },
  };
}

/** A connected pool. The caller destroys it. */
export async function connectMetadata(url: string, poolSize?: number): Promise<DataSource> {
  return new DataSource(metadataDataSourceOptions(url, poolSize)).initialize();
}
