import { z } from 'zod';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { pageAnswer, pageFields, pageSchema } from '../list-fields.js';
import { resourceId } from '../resource-id.js';
import {
  exampleKey,
  exampleShownKey,
  keySchema,
  newKeyFields,
  rotationFields,
  shownKeySchema,
} from './key-schema.js';
import { createKey, type KeyDatabase, listKeys, revokeKey, rotateKey, showKey } from './keys.js';

const tag = 'Keys';
const scope = 'admin';
const listPath = '/keys';
const onePath = `${listPath}/:id`;
const pathSchema = z.object({ id: resourceId('The id of the key.') });
const examplePath = { id: exampleIds.key };
const truth = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((text) => text === 'true');

/** What these endpoints need. */
export interface KeyParts {
  readonly database: KeyDatabase;
}

/** The endpoints for an account's own keys. */
export function keyEndpoints({ database }: KeyParts): Endpoint[] {
  const list = defineEndpoint({
    method: 'GET',
    path: listPath,
    operationId: 'listKeys',
    scope,
    tag,
    summary: 'List keys',
    description: 'In the order in which they were made, those that are over included.',
    querySchema: z.strictObject(pageFields),
    answers: {
      200: {
        description: 'A page of keys.',
        schema: pageSchema(keySchema).meta({ id: 'KeyPage' }),
        headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
      },
    },
    problems: ['cursor-invalid'],
    example: { status: 200, answer: { items: [exampleKey], next: null } },
    handle: async ({ account, query }) => {
      const { items, cursor } = await listKeys(database, account.id, query);
      return pageAnswer(items, v2Path + listPath, query, cursor);
    },
  });

  const show = defineEndpoint({
    method: 'GET',
    path: onePath,
    operationId: 'showKey',
    scope,
    tag,
    summary: 'Show a key',
    pathSchema,
    answers: { 200: { description: 'The key, without the key itself.', schema: keySchema } },
    example: { path: examplePath, status: 200, answer: exampleKey },
    handle: async ({ account, path }) => ({ body: await showKey(database, account.id, path.id) }),
  });

  const create = defineEndpoint({
    method: 'POST',
    path: listPath,
    operationId: 'createKey',
    scope,
    tag,
    summary: 'Make a key',
    description: 'The answer holds the key itself, which is not shown again.',
    bodySchema: newKeyFields,
    answers: {
      201: { description: 'The new key.', schema: shownKeySchema, headers: { location: 'Its address.' } },
    },
    example: { body: { name: 'Harbour map', scope: 'read' }, status: 201, answer: exampleShownKey },
    handle: async ({ account, body }) => shown(await createKey(database, account.id, body)),
  });

  const rotate = defineEndpoint({
    method: 'POST',
    path: `${onePath}/rotate`,
    operationId: 'rotateKey',
    scope,
    tag,
    summary: 'Rotate a key',
    description:
      'Makes a key of the same name and scope. The old one goes on for as long as is asked for, and then ends.',
    pathSchema,
    bodySchema: rotationFields,
    answers: {
      201: { description: 'The new key.', schema: shownKeySchema, headers: { location: 'Its address.' } },
    },
    problems: ['conflict'],
    example: { path: examplePath, body: { grace_seconds: 3600 }, status: 201, answer: exampleShownKey },
    handle: async ({ account, path, body }) =>
      shown(await rotateKey(database, account.id, path.id, body.grace_seconds)),
  });

  const revoke = defineEndpoint({
    method: 'DELETE',
    path: onePath,
    operationId: 'revokeKey',
    scope,
    tag,
    summary: 'Revoke a key',
    description: 'It opens nothing from then on.',
    pathSchema,
    querySchema: z.strictObject({
      even_if_last: truth.meta({
        description: 'Also when no other admin key is left: then only the operator can make one.',
        documentedAs: { type: 'boolean', default: false },
      }),
    }),
    answers: { 204: { description: 'It is revoked.' } },
    problems: ['last-admin-key'],
    example: { path: examplePath, status: 204 },
    handle: async ({ account, path, query }) => {
      await revokeKey(database, account.id, path.id, query.even_if_last);
      return {};
    },
  });

  return [list, show, create, rotate, revoke];
}

function shown(made: { key: { id: string } }): { status: 201; body: object; headers: { location: string } } {
  return { status: 201, body: made, headers: { location: `${v2Path}${listPath}/${made.key.id}` } };
}
