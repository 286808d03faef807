import { insertRun, insertSynchronization } from '@tidetable/test-harness';
import { randomUUID } from 'node:crypto';
import { issuedLoginSchema } from '../src/v2/logins/login-schema.js';
import { shownKeySchema } from '../src/v2/keys/key-schema.js';
import { newWebhookSchema } from '../src/v2/webhooks/webhook-schema.js';
import type { ApiUnderTest } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

/** An account with one of everything. */
export interface WealthyAccount extends V2Customer {
  /** The id of one of each kind, by the part of the path that stands before ids of this kind. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Makes an account with one of each kind of resource: new kinds are added here. */
export async function wealthyAccount(api: ApiUnderTest): Promise<WealthyAccount> {
  const customer = await v2Customer(api);
  const firstRunId = randomUUID();
  const url = `https://example.org/${customer.username}.csv`;
  const { id: synchronization } = await insertSynchronization(api.sql, {
    account_id: customer.id,
    first_run_id: firstRunId,
    name: `table_of_${customer.username.replaceAll('-', '_')}`,
    state: 'success',
    url,
  });
  const { id: run } = await insertRun(api.sql, synchronization, {
    id: firstRunId,
    outcome: 'failed',
    failure_code: 'source-not-found',
    finished_at: new Date(),
  });
  const webhook = await customer.call('POST', '/webhooks', { body: { url } });
  const webhookId = read(newWebhookSchema, webhook).id;
  const key = await customer.call('POST', '/keys', { body: { scope: 'read', name: url } });
  const login = await customer.call('POST', '/logins', { body: { name: url } });
  return {
    ...customer,
    ids: {
      synchronizations: synchronization,
      runs: run,
      imports: run,
      webhooks: webhookId,
      deliveries: await insertDelivery(api, webhookId),
      // A code of a storage service: whose it is, only that service knows.
      validate_code: 'a-code-of-nobody',
      keys: read(shownKeySchema, key).key.id,
      logins: read(issuedLoginSchema, login).login.id,
    },
  };
}

async function insertDelivery({ sql }: ApiUnderTest, webhookId: string): Promise<string> {
  const id = randomUUID();
  await sql.query(
    `INSERT INTO webhook_deliveries (id, webhook_id, event_type, event_key, source, payload)
     VALUES ($1, $2, 'tidetable.run.failed.v1', 'key', '/', '{}')`,
    [id, webhookId],
  );
  return id;
}
