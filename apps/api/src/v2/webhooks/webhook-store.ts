import { randomBytes } from 'node:crypto';
import { webhookTestType } from '@tidetable/contracts';
import { z } from 'zod';
import type { Asks, MetadataDatabase } from '../../database/metadata-database.js';
import { readCursor, writeCursor } from '../cursor.js';
import { etagOf, matches } from '../etag.js';
import { Problem } from '../problems/problem.js';
import { presentWebhook } from './present-webhook.js';
import type { ChangedWebhookFields, DeliveriesFields, NewWebhookFields } from './webhook-fields.js';
import type { DeliveryRow, WebhookRow } from './webhook-row.js';
import * as statements from './webhook-statements.js';

/** So many webhooks an account has at most: each event is sent to all of them. */
const webhooksMax = 20;
const secretBytes = 32;

/** Which webhook of which account; whatever belongs to somebody else is not there. */
export interface WebhookReference {
  readonly accountId: string;
  readonly id: string;
}

/** What reading and writing webhooks takes. */
export type WebhookDatabase = Pick<MetadataDatabase, 'query' | 'transaction'>;

const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

/** All webhooks of an account. */
export function listWebhooks(database: WebhookDatabase, accountId: string): Promise<WebhookRow[]> {
  return database.query<WebhookRow>(statements.listWebhooks, [accountId]);
}

/** @throws Problem 404 */
export async function findWebhook(
  database: WebhookDatabase,
  { accountId, id }: WebhookReference,
): Promise<WebhookRow> {
  return there(await database.query<WebhookRow>(statements.findWebhook, [accountId, id]));
}

/** Makes a webhook and its secret. @throws Problem 409 when the account has as many as it may */
export async function createWebhook(
  transaction: Asks,
  accountId: string,
  { url, events, description }: NewWebhookFields,
): Promise<{ row: WebhookRow; secret: string }> {
  const secret = newSecret();
  const values = [accountId, url, events, description, secret, webhooksMax];
  await transaction.query(statements.lockWebhooksOfAccount, [accountId]);
  const [row] = await transaction.query<WebhookRow>(statements.insertWebhook, values);
  if (row === undefined)
    throw new Problem('conflict', { detail: `An account has at most ${webhooksMax} webhooks.` });
  return { row, secret };
}

/** Changes what is given and keeps the rest. @throws Problem 404; 412 when it is another version by now */
export async function changeWebhook(
  database: WebhookDatabase,
  { accountId, id }: WebhookReference,
  { url, events, description, enabled }: ChangedWebhookFields,
  ifMatch: string | undefined,
): Promise<WebhookRow> {
  return database.transaction(async (transaction) => {
    refuseChanged(
      there(await transaction.query<WebhookRow>(statements.lockWebhook, [accountId, id])),
      ifMatch,
    );
    const hasDescription = description !== undefined;
    const values = [id, url ?? null, events ?? null, hasDescription, description ?? null, enabled ?? null];
    return there(await transaction.query<WebhookRow>(statements.updateWebhook, values));
  });
}

/** @throws Problem 404; 412 when it is another version by now */
export async function deleteWebhook(
  database: WebhookDatabase,
  { accountId, id }: WebhookReference,
  ifMatch: string | undefined,
): Promise<void> {
  await database.transaction(async (transaction) => {
    refuseChanged(
      there(await transaction.query<WebhookRow>(statements.lockWebhook, [accountId, id])),
      ifMatch,
    );
    await transaction.query(statements.deleteWebhook, [id]);
  });
}

/** Gives a webhook a new secret; the one before is good as well for a while. @throws Problem 404 */
export async function rotateSecret(
  database: WebhookDatabase,
  { accountId, id }: WebhookReference,
  overlapSeconds: number,
): Promise<{ row: WebhookRow; secret: string }> {
  const secret = newSecret();
  const rows = await database.query<WebhookRow>(statements.rotateSecret, [
    accountId,
    id,
    secret,
    overlapSeconds,
  ]);
  return { row: there(rows), secret };
}

/** Has something sent to a webhook that says no more than that. @throws Problem 404 */
export async function tryWebhook(
  transaction: Asks,
  { accountId, id }: WebhookReference,
): Promise<DeliveryRow> {
  const path = `/api/v2/webhooks/${id}`;
  const data = JSON.stringify({ webhook_id: id, links: { webhook: path } });
  const values = [accountId, id, webhookTestType, path, data];
  return there(await transaction.query<DeliveryRow>(statements.insertTry, values));
}

const positionSchema = z.tuple([z.string().regex(/^-?\d{1,18}$/), z.uuid()]);

/** A page of what was sent to a webhook, the latest first, and the cursor after it. @throws Problem 400, 404 */
export async function listDeliveries(
  database: WebhookDatabase,
  reference: WebhookReference,
  { limit, cursor, state }: DeliveriesFields,
): Promise<{ rows: readonly DeliveryRow[]; cursor: string | null }> {
  const { id } = await findWebhook(database, reference);
  const list = ['deliveries', id, state ?? null];
  const [time, after] = cursor === undefined ? [null, null] : readCursor(list, cursor, positionSchema);
  const found = await database.query<DeliveryRow & { position: string }>(statements.listDeliveries, [
    ...[id, state ?? null, time, after, limit + 1],
  ]);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const isLastPage = found.length <= limit || last === undefined;
  return { rows, cursor: isLastPage ? null : writeCursor(list, [last.position, last.id]) };
}

/** @throws Problem 404 */
export async function findDelivery(
  database: WebhookDatabase,
  { accountId, id }: WebhookReference,
  deliveryId: string,
): Promise<DeliveryRow> {
  return there(await database.query<DeliveryRow>(statements.findDelivery, [accountId, id, deliveryId]));
}

/** Has something sent once more, whatever became of it. @throws Problem 404; 409 while the webhook is disabled */
export async function redeliver(
  database: WebhookDatabase,
  reference: WebhookReference,
  deliveryId: string,
): Promise<DeliveryRow> {
  const { accountId, id } = reference;
  const { active } = await findWebhook(database, reference);
  const { event_type: type } = await findDelivery(database, reference, deliveryId);
  if (!active && type !== webhookTestType)
    throw new Problem('conflict', { detail: 'The webhook is disabled: enable it first.' });
  return there(await database.query<DeliveryRow>(statements.redeliver, [accountId, id, deliveryId]));
}

function there<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Problem('not-found');
  return row;
}

function refuseChanged(row: WebhookRow, ifMatch: string | undefined): void {
  if (!matches(etagOf(JSON.stringify(presentWebhook(row))), ifMatch))
    throw new Problem('precondition-failed');
}
