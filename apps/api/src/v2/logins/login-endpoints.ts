import { z } from 'zod';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { pageSchema } from '../list-fields.js';
import { resourceId } from '../resource-id.js';
import {
  exampleIssuedLogin,
  exampleLogin,
  issuedLoginSchema,
  loginSchema,
  newLoginFields,
} from './login-schema.js';
import { createLogin, listLogins, type LoginParts, revokeLogin, rotateLogin } from './logins.js';

const tag = 'Logins';
const scope = 'admin';
const listPath = '/logins';
const onePath = `${listPath}/:id`;
const pathSchema = z.object({ id: resourceId('The id of the login.') });
const examplePath = { id: exampleIds.login };

/** The endpoints for an account's logins to PostgreSQL. */
export function loginEndpoints(parts: LoginParts): Endpoint[] {
  const list = defineEndpoint({
    method: 'GET',
    path: listPath,
    operationId: 'listLogins',
    scope,
    tag,
    summary: 'List logins',
    description: 'All of them, as an account has few, in the order in which they were made.',
    answers: {
      200: { description: 'The logins.', schema: pageSchema(loginSchema).meta({ id: 'LoginPage' }) },
    },
    problems: ['importers-away'],
    example: { status: 200, answer: { items: [exampleLogin], next: null } },
    handle: async ({ account }) => ({ body: { items: await listLogins(parts, account), next: null } }),
  });

  const create = defineEndpoint({
    method: 'POST',
    path: listPath,
    operationId: 'createLogin',
    scope,
    tag,
    summary: 'Make a login',
    description:
      'A user of PostgreSQL for psql, QGIS and other programs, which reads the tables of the account, those to come included, and nothing else. The answer holds the password, which is not shown again.',
    bodySchema: newLoginFields,
    answers: { 201: { description: 'The new login.', schema: issuedLoginSchema } },
    problems: ['quota-exceeded', 'logins-not-possible', 'importers-away'],
    example: { body: { name: 'QGIS in the harbour office' }, status: 201, answer: exampleIssuedLogin },
    handle: async ({ account, body }) => ({
      status: 201,
      body: await createLogin(parts, account, body.name),
    }),
  });

  const rotate = defineEndpoint({
    method: 'POST',
    path: `${onePath}/rotate`,
    operationId: 'rotateLogin',
    scope,
    tag,
    summary: 'Change the password of a login',
    description: 'Sessions that were opened with the old one end.',
    pathSchema,
    answers: { 200: { description: 'The login with its new password.', schema: issuedLoginSchema } },
    problems: ['importers-away'],
    example: { path: examplePath, status: 200, answer: exampleIssuedLogin },
    handle: async ({ account, path }) => ({ body: await rotateLogin(parts, account, path.id) }),
  });

  const revoke = defineEndpoint({
    method: 'DELETE',
    path: onePath,
    operationId: 'revokeLogin',
    scope,
    tag,
    summary: 'Revoke a login',
    description: 'Its sessions end, and the user is gone.',
    pathSchema,
    answers: { 204: { description: 'It is revoked.' } },
    problems: ['importers-away'],
    example: { path: examplePath, status: 204 },
    handle: async ({ account, path }) => {
      await revokeLogin(parts, account, path.id);
      return {};
    },
  });

  return [list, create, rotate, revoke];
}
