import { z } from 'zod';
import { answerOnce, idempotencyHeader, idempotencyProblems } from '../answer-once.js';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { resourceId } from '../resource-id.js';
import {
  exampleDelivery,
  examplePendingDelivery,
  exampleWebhook,
  exampleWebhookIds,
} from './example-webhook.js';
import { presentDelivery, presentWebhook } from './present-webhook.js';
import { changedWebhookFields, newWebhookFields, rotateFields } from './webhook-fields.js';
import { deliverySchema, newWebhookSchema, rotatedSecretSchema, webhookSchema } from './webhook-schema.js';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  rotateSecret,
  tryWebhook,
  type WebhookDatabase,
} from './webhook-store.js';

export const webhooksTag = 'Webhooks';
export const webhooksPath = '/webhooks';
const onePath = `${webhooksPath}/:id`;
export const webhookId = resourceId('The id of the webhook.');
const pathSchema = z.object({ id: webhookId });
const examplePath = { id: exampleWebhookIds.webhook };
const exampleSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const ifMatch = { 'If-Match': 'The entity tag of the version that is meant; 412 when it is another by now.' };

/** The endpoints by which webhooks are made, shown, changed, tried and ended. */
export function webhookEndpoints(database: WebhookDatabase): Endpoint[] {
  return [
    listEndpoint(database),
    createEndpoint(database),
    showEndpoint(database),
    changeEndpoint(database),
    deleteEndpoint(database),
    rotateEndpoint(database),
    tryEndpoint(database),
  ];
}

function listEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: webhooksPath,
    operationId: 'listWebhooks',
    scope: 'read',
    tag: webhooksTag,
    summary: 'List webhooks',
    description: 'All of them, in the order in which they were made.',
    answers: {
      200: {
        description: 'The webhooks.',
        schema: z.object({ items: z.array(webhookSchema) }).meta({ id: 'WebhookList' }),
      },
    },
    example: { status: 200, answer: { items: [exampleWebhook] } },
    handle: async ({ account }) => ({
      body: { items: (await listWebhooks(database, account.id)).map(presentWebhook) },
    }),
  });
}

function createEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: webhooksPath,
    operationId: 'createWebhook',
    scope: 'admin',
    tag: webhooksTag,
    summary: 'Create a webhook',
    description: 'The secret in the answer is shown this once.',
    bodySchema: newWebhookFields,
    requestHeaders: idempotencyHeader,
    answers: {
      201: {
        description: 'The new webhook and its secret.',
        schema: newWebhookSchema,
        headers: { location: 'Its address.' },
      },
    },
    problems: [...idempotencyProblems, 'conflict'],
    example: {
      body: {
        url: exampleWebhook.url,
        events: exampleWebhook.events,
        description: exampleWebhook.description,
      },
      status: 201,
      answer: { ...exampleWebhook, secret: exampleSecret },
    },
    handle: (request) =>
      answerOnce(database, 'createWebhook', request, async () => async (transaction) => {
        const { row, secret } = await createWebhook(transaction, request.account.id, request.body);
        return {
          status: 201,
          body: { ...presentWebhook(row), secret },
          headers: { location: `${v2Path}${webhooksPath}/${row.id}`, 'cache-control': 'no-store' },
        };
      }),
  });
}

function showEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: onePath,
    operationId: 'showWebhook',
    scope: 'read',
    tag: webhooksTag,
    summary: 'Show a webhook',
    pathSchema,
    hasETag: true,
    answers: { 200: { description: 'The webhook.', schema: webhookSchema } },
    example: { path: examplePath, status: 200, answer: exampleWebhook },
    handle: async ({ account, path }) => ({
      body: presentWebhook(await findWebhook(database, { accountId: account.id, id: path.id })),
    }),
  });
}

function changeEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: onePath,
    operationId: 'changeWebhook',
    scope: 'admin',
    tag: webhooksTag,
    summary: 'Change a webhook',
    description: 'What is left out stays as it is. With `enabled: true` one that was given up begins again.',
    pathSchema,
    bodySchema: changedWebhookFields,
    requestHeaders: ifMatch,
    hasETag: true,
    answers: { 200: { description: 'The webhook as it is now.', schema: webhookSchema } },
    problems: ['precondition-failed'],
    example: { path: examplePath, body: { enabled: true }, status: 200, answer: exampleWebhook },
    handle: async ({ account, path, body, headers }) => {
      const reference = { accountId: account.id, id: path.id };
      return { body: presentWebhook(await changeWebhook(database, reference, body, headers['if-match'])) };
    },
  });
}

function deleteEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'DELETE',
    path: onePath,
    operationId: 'deleteWebhook',
    scope: 'admin',
    tag: webhooksTag,
    summary: 'Delete a webhook',
    description: 'Nothing is sent to it any more.',
    pathSchema,
    requestHeaders: ifMatch,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['precondition-failed'],
    example: { path: examplePath, status: 204 },
    handle: async ({ account, path, headers }) => {
      await deleteWebhook(database, { accountId: account.id, id: path.id }, headers['if-match']);
      return {};
    },
  });
}

function rotateEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `${onePath}/rotate-secret`,
    operationId: 'rotateWebhookSecret',
    scope: 'admin',
    tag: webhooksTag,
    summary: 'Exchange the secret of a webhook',
    description:
      'For a while events are signed with the new secret and the one before, so that receivers can be changed one after the other.',
    pathSchema,
    bodySchema: rotateFields,
    answers: { 200: { description: 'The new secret, shown this once.', schema: rotatedSecretSchema } },
    example: {
      path: examplePath,
      body: { overlap_seconds: 3_600 },
      status: 200,
      answer: { secret: exampleSecret, previous_secret_until: '2026-03-01T10:00:00.000Z' },
    },
    handle: async ({ account, path, body }) => {
      const reference = { accountId: account.id, id: path.id };
      const { row, secret } = await rotateSecret(database, reference, body.overlap_seconds);
      const { previous_secret_until: until } = presentWebhook(row);
      return { body: { secret, previous_secret_until: until }, headers: { 'cache-control': 'no-store' } };
    },
  });
}

function tryEndpoint(database: WebhookDatabase): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `${onePath}/test`,
    operationId: 'testWebhook',
    scope: 'write',
    tag: webhooksTag,
    summary: 'Try a webhook',
    description:
      'Sends an event of the type `tidetable.webhook.test.v1` within a few seconds, also to a webhook that is disabled; how it went is shown by the delivery.',
    pathSchema,
    requestHeaders: idempotencyHeader,
    problems: [...idempotencyProblems],
    answers: {
      202: {
        description: 'The delivery, which is yet to be sent.',
        schema: deliverySchema,
        headers: { location: 'Its address.' },
      },
    },
    example: {
      path: examplePath,
      status: 202,
      answer: {
        ...examplePendingDelivery,
        event: 'tidetable.webhook.test.v1',
        attempts: 0,
        attempted_at: null,
        next_attempt_at: exampleDelivery.created_at,
        last_status: null,
      },
    },
    handle: (request) =>
      answerOnce(database, 'testWebhook', request, async () => async (transaction) => {
        const { account, path } = request;
        const row = await tryWebhook(transaction, { accountId: account.id, id: path.id });
        const location = `${v2Path}${webhooksPath}/${path.id}/deliveries/${row.id}`;
        return { status: 202, body: presentDelivery(row), headers: { location } };
      }),
  });
}
