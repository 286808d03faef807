import { z } from 'zod';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { pageAnswer, pageSchema } from '../list-fields.js';
import { resourceId } from '../resource-id.js';
import { exampleDelivery, examplePendingDelivery, exampleWebhookIds } from './example-webhook.js';
import { presentDelivery } from './present-webhook.js';
import { webhookId, webhooksPath, webhooksTag } from './webhook-endpoints.js';
import { deliveriesFields } from './webhook-fields.js';
import { deliverySchema, deliveryWithDataSchema } from './webhook-schema.js';
import { findDelivery, listDeliveries, redeliver, type WebhookDatabase } from './webhook-store.js';

const listPath = `${webhooksPath}/:id/deliveries`;
const onePath = `${listPath}/:delivery_id`;
const listPathSchema = z.object({ id: webhookId });
const pathSchema = z.object({ id: webhookId, delivery_id: resourceId('The id of the delivery.') });
const examplePath = { id: exampleWebhookIds.webhook, delivery_id: exampleWebhookIds.delivery };

/** The endpoints that show what was sent to a webhook, and have it sent again. */
export function deliveryEndpoints(database: WebhookDatabase): Endpoint[] {
  const list = defineEndpoint({
    method: 'GET',
    path: listPath,
    operationId: 'listWebhookDeliveries',
    scope: 'read',
    tag: webhooksTag,
    summary: 'List what was sent to a webhook',
    description: 'The latest first; kept for two weeks, unless the operator decides otherwise.',
    pathSchema: listPathSchema,
    querySchema: deliveriesFields,
    answers: {
      200: {
        description: 'A page of deliveries.',
        schema: pageSchema(deliverySchema).meta({ id: 'WebhookDeliveryPage' }),
        headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
      },
    },
    problems: ['cursor-invalid'],
    example: {
      path: { id: exampleWebhookIds.webhook },
      query: { state: 'delivered' },
      status: 200,
      answer: { items: [exampleDelivery], next: null },
    },
    handle: async ({ account, path, query }) => {
      const { rows, cursor } = await listDeliveries(database, { accountId: account.id, id: path.id }, query);
      const address = `${v2Path}${webhooksPath}/${path.id}/deliveries`;
      return pageAnswer(rows.map(presentDelivery), address, query, cursor);
    },
  });

  const show = defineEndpoint({
    method: 'GET',
    path: onePath,
    operationId: 'showWebhookDelivery',
    scope: 'read',
    tag: webhooksTag,
    summary: 'Show what was sent to a webhook',
    pathSchema,
    answers: {
      200: { description: 'The delivery, with the data of its event.', schema: deliveryWithDataSchema },
    },
    example: { path: examplePath, status: 200, answer: { ...exampleDelivery, data: { outcome: 'failed' } } },
    handle: async ({ account, path }) => {
      const row = await findDelivery(database, { accountId: account.id, id: path.id }, path.delivery_id);
      return { body: { ...presentDelivery(row), data: row.payload } };
    },
  });

  const again = defineEndpoint({
    method: 'POST',
    path: `${onePath}/redeliver`,
    operationId: 'redeliverWebhookDelivery',
    scope: 'write',
    tag: webhooksTag,
    summary: 'Send an event once more',
    description: 'Whatever became of it, under the same id, and tried for a day as if it were new.',
    pathSchema,
    answers: { 202: { description: 'The delivery, which is due now.', schema: deliverySchema } },
    problems: ['conflict'],
    example: { path: examplePath, status: 202, answer: examplePendingDelivery },
    handle: async ({ account, path }) => {
      const row = await redeliver(database, { accountId: account.id, id: path.id }, path.delivery_id);
      return { status: 202, body: presentDelivery(row) };
    },
  });

  return [list, show, again];
}
