import { type KeyScope, scopeOfMethod } from '../accounts/key-scope.js';
import { storageServices } from '@tidetable/contracts';
import { z } from 'zod';
import { exampleIds } from '../v2/example-ids.js';
import type { DocumentedRefusal, Operation } from './operation.js';
import {
  v1BegunConnection,
  v1ChangedSynchronization,
  v1Connection,
  v1CreatedSynchronization,
  v1EndedConnection,
  v1Import,
  v1NewSynchronization,
  v1Refusal,
  v1RejectedRows,
  v1ServiceFiles,
  v1State,
  v1Synchronization,
  v1SynchronizationList,
  v1SyncNow,
} from './v1-schemas.js';

const sentences: Record<number, string> = {
  400: 'Invalid interval: must be a whole number of seconds.',
  401: 'The API key is not valid for this account.',
  403: 'This account is disabled.',
  404: 'There is no such synchronization.',
  409: 'The account is not connected to this service.',
  413: 'The body is larger than 1 MiB.',
  500: 'Something went wrong on our side. The header x-request-id identifies this request.',
  501: 'This installation has no database to keep headers and basic_auth in: ask its operator.',
  502: 'The service answered with an error.',
  503: 'The service is temporarily unavailable. Try again in a few seconds.',
};

function refusals(...statuses: number[]): Record<number, DocumentedRefusal> {
  return Object.fromEntries(
    [...statuses, 401, 403, 500, 503].map((status) => {
      const errors = sentences[status] ?? '';
      const example = status === 403 ? { error: 'lockout', errors } : { errors };
      return [
        status,
        {
          description: errors,
          mediaType: 'application/json',
          schema: v1Refusal,
          examples: { refused: example },
        },
      ];
    }),
  );
}

const synchronizationId = z.object({ id: z.uuid().meta({ description: 'The id of the synchronization.' }) });
const examplePath = { id: exampleIds.synchronization };
const service = z.object({ service: z.enum(storageServices).meta({ description: 'The storage service.' }) });
const base = { tag: 'Version 1', key: 'anywhere' } as const;
const ofConnections = { tag: 'Connections', key: 'anywhere' } as const;
const ofCarto = { tag: 'Connections, as CARTO has them', key: 'anywhere' } as const;
const text = (description: string): z.ZodType => z.string().optional().meta({ description });
const list = '/api/v1/synchronizations';
const connections = '/api/v1/connections';
const services = '/api/v1/imports/service/:service';
const success = { success: z.boolean() };

/** CARTO's Sync Tables API. */
const synchronizations: Operation[] = [
  {
    ...base,
    method: 'GET',
    path: list,
    operationId: 'v1ListSynchronizations',
    summary: 'List synchronizations',
    querySchema: z.object({
      page: text('The number of the page, from 1.'),
      per_page: text('How many there are on a page; without it all are on the first.'),
    }),
    answers: { 200: { description: 'A page of them.', schema: v1SynchronizationList } },
    refusals: refusals(400),
    example: { query: { page: '1', per_page: '50' }, status: 200 },
  },
  {
    ...base,
    method: 'POST',
    path: list,
    operationId: 'v1CreateSynchronization',
    summary: 'Create a synchronization',
    bodySchema: v1NewSynchronization,
    answers: { 200: { description: 'The new one.', schema: v1CreatedSynchronization } },
    refusals: refusals(400, 413, 501),
    example: { body: { url: 'https://data.example.org/ports.csv', interval: 3600 }, status: 200 },
  },
  {
    ...base,
    method: 'GET',
    path: `${list}/:id`,
    operationId: 'v1ShowSynchronization',
    summary: 'Show a synchronization',
    pathSchema: synchronizationId,
    answers: { 200: { description: 'The synchronization.', schema: v1Synchronization } },
    refusals: refusals(404),
    example: { path: examplePath, status: 200 },
  },
  {
    ...base,
    method: 'PUT',
    path: `${list}/:id`,
    operationId: 'v1ChangeSynchronization',
    summary: 'Change a synchronization, or refresh it when nothing is sent',
    pathSchema: synchronizationId,
    bodySchema: v1ChangedSynchronization,
    answers: { 200: { description: 'The synchronization as it is now.', schema: v1Synchronization } },
    refusals: refusals(400, 404, 413, 501),
    example: { path: examplePath, body: { interval: 7200 }, status: 200 },
  },
  {
    ...base,
    method: 'DELETE',
    path: `${list}/:id`,
    operationId: 'v1DeleteSynchronization',
    summary: 'End a synchronization',
    pathSchema: synchronizationId,
    answers: { 204: { description: 'It is ended; the table stays.' } },
    refusals: refusals(404),
    example: { path: examplePath, status: 204 },
  },
  {
    ...base,
    method: 'GET',
    path: `${list}/:id/sync_now`,
    operationId: 'v1ShowState',
    summary: 'Ask for the state',
    pathSchema: synchronizationId,
    answers: { 200: { description: 'The state.', schema: v1State } },
    refusals: refusals(404),
    example: { path: examplePath, status: 200 },
  },
  {
    ...base,
    method: 'PUT',
    path: `${list}/:id/sync_now`,
    operationId: 'v1SyncNow',
    summary: 'Refresh now',
    pathSchema: synchronizationId,
    answers: { 200: { description: 'Whether a refresh follows.', schema: v1SyncNow } },
    refusals: refusals(404),
    example: { path: examplePath, status: 200 },
  },
  {
    ...base,
    method: 'GET',
    path: '/api/v1/imports/:id',
    operationId: 'v1ShowImport',
    summary: 'Watch the first import',
    pathSchema: z.object({ id: z.uuid().meta({ description: 'item_queue_id of the new synchronization.' }) }),
    answers: { 200: { description: 'The import.', schema: v1Import } },
    refusals: refusals(404),
    example: { path: { id: exampleIds.run }, status: 200 },
  },
  {
    ...base,
    method: 'GET',
    path: `${list}/:id/runs/:runId/rejects`,
    operationId: 'v1ListRejects',
    summary: 'List rejected rows',
    description: 'As CSV with `format=csv`, or when `Accept` names text/csv.',
    pathSchema: synchronizationId.extend({
      runId: z.string().meta({ description: 'The id of the run, or `latest`.' }),
    }),
    querySchema: z.object({
      after: text('The number of the row before the page.'),
      limit: text('How many there are on a page, 1000 at the most.'),
      format: z.enum(['json', 'csv']).optional().meta({ description: 'What the answer is.' }),
    }),
    answers: { 200: { description: 'A page of them.', schema: v1RejectedRows } },
    refusals: refusals(400, 404),
  },
];

const ofServices: Operation[] = [
  {
    ...ofConnections,
    method: 'GET',
    path: connections,
    operationId: 'v1ListConnections',
    summary: 'List connections to storage services',
    answers: { 200: { description: 'One for each service.', schema: z.array(v1Connection) } },
    refusals: refusals(),
  },
  {
    ...ofConnections,
    method: 'GET',
    path: `${connections}/:service`,
    operationId: 'v1ShowConnection',
    summary: 'Show the connection to a service',
    pathSchema: service,
    answers: { 200: { description: 'The connection.', schema: v1Connection } },
    refusals: refusals(404),
  },
  {
    ...ofConnections,
    method: 'POST',
    path: `${connections}/:service`,
    operationId: 'v1BeginConnection',
    summary: 'Begin connecting',
    pathSchema: service,
    answers: { 200: { description: 'Where the browser is to go.', schema: v1BegunConnection } },
    refusals: refusals(404, 409),
  },
  {
    ...ofConnections,
    method: 'DELETE',
    path: `${connections}/:service`,
    operationId: 'v1EndConnection',
    summary: 'End a connection',
    pathSchema: service,
    answers: { 200: { description: 'It is ended.', schema: v1EndedConnection } },
    refusals: refusals(404),
  },
  {
    ...ofConnections,
    method: 'GET',
    path: `${connections}/:service/files`,
    operationId: 'v1ListFiles',
    summary: 'List files at a service',
    pathSchema: service,
    querySchema: z.object({
      filter: text('Kinds of files, several by commas.'),
      q: text('A part of the name.'),
      page: text('`next_page` of the page before.'),
    }),
    answers: { 200: { description: 'A page of files.', schema: v1ServiceFiles } },
    refusals: refusals(400, 404, 409, 502),
  },
  {
    ...ofConnections,
    method: 'GET',
    path: `${connections}/authorize/:state`,
    operationId: 'v1AuthorizeConnection',
    summary: 'Where a browser goes on connecting',
    pathSchema: z.object({ state: z.string().meta({ description: 'What names the attempt.' }) }),
    answers: {
      200: { description: 'A page that says why it cannot go on.', mediaType: 'text/html' },
      302: { description: 'On to the service.' },
    },
    refusals: {},
    key: 'none',
  },
  {
    ...ofConnections,
    method: 'GET',
    path: `${services}/oauth_callback`,
    operationId: 'v1CompleteConnection',
    summary: 'Where the service sends the browser back to',
    pathSchema: service,
    querySchema: z.object({
      code: text('What the service gives.'),
      state: text('What names the attempt.'),
      error: text('Why the service refuses.'),
    }),
    answers: { 200: { description: 'A page that says how it ended.', mediaType: 'text/html' } },
    refusals: {},
    key: 'none',
  },
  {
    ...ofCarto,
    method: 'GET',
    path: `${services}/auth_url`,
    operationId: 'v1AuthUrl',
    summary: 'Begin connecting',
    pathSchema: service,
    answers: { 200: { description: 'Where to go.', schema: z.object({ url: z.string(), ...success }) } },
    refusals: refusals(404, 409),
  },
  {
    ...ofCarto,
    method: 'GET',
    path: `${services}/token_valid`,
    operationId: 'v1TokenValid',
    summary: 'Ask whether the connection holds',
    pathSchema: service,
    answers: {
      200: { description: 'Whether it does.', schema: z.object({ oauth_valid: z.boolean(), ...success }) },
    },
    refusals: refusals(404),
  },
  {
    ...ofCarto,
    method: 'GET',
    path: `${services}/list_files`,
    operationId: 'v1ListServiceFiles',
    summary: 'List files at a service',
    pathSchema: service,
    querySchema: z.object({ filter: text('Kinds of files, several by commas.') }),
    answers: {
      200: {
        description: 'The files.',
        schema: z.object({ files: z.array(z.looseObject({})), ...success }),
      },
    },
    refusals: refusals(400, 404, 409, 502),
  },
  {
    ...ofCarto,
    method: 'GET',
    path: `${services}/validate_code/:code`,
    operationId: 'v1ValidateCode',
    summary: 'Complete a connection with a code',
    pathSchema: service.extend({ code: z.string().meta({ description: 'What the service gave.' }) }),
    answers: { 200: { description: 'Whether it is complete.', schema: z.object(success) } },
    refusals: refusals(404, 409),
  },
  {
    ...ofCarto,
    method: 'DELETE',
    path: `${services}/invalidate_token`,
    operationId: 'v1InvalidateToken',
    summary: 'End a connection',
    pathSchema: service,
    answers: { 200: { description: 'It is ended.', schema: z.object(success) } },
    refusals: refusals(404),
  },
];

const pushPath = '/api/v1/push/:service';
const others: Operation[] = [
  {
    method: 'GET',
    path: pushPath,
    tag: 'Notifications of storage services',
    operationId: 'v1PushChallenge',
    summary: 'Answer the challenge of a service',
    pathSchema: service,
    querySchema: z.object({ challenge: text('What is to be repeated.') }),
    answers: { 200: { description: 'The challenge.', mediaType: 'text/plain' } },
    refusals: {},
    key: 'none',
  },
  {
    method: 'POST',
    path: pushPath,
    tag: 'Notifications of storage services',
    operationId: 'v1Push',
    summary: 'Be told of a change by a service',
    description: 'The answer is the same whatever came.',
    pathSchema: service,
    answers: { 200: { description: 'It was received.' } },
    refusals: {},
    key: 'none',
  },
  ...(['livez', 'readyz'] as const).map((name): Operation => ({
    method: 'GET',
    path: `/${name}`,
    tag: 'Operation',
    operationId: name,
    summary: name === 'livez' ? 'Ask whether the process runs' : 'Ask whether the api can answer',
    answers: { 200: { description: 'It does.', schema: z.looseObject({}) } },
    refusals: {},
    example: { status: 200 },
    key: 'none',
  })),
];

/** Everything that is not of version 2: CARTO's API, ours below it, and what operators ask. */
export const v1Operations: readonly Operation[] = [...synchronizations, ...ofServices, ...others].map(
  (operation) => (operation.key === 'none' ? operation : { ...operation, scope: scopeOf(operation) }),
);

/** What two of CARTO's routes do is to change something, though they are asked with GET. */
function scopeOf({ method, path }: Operation): KeyScope {
  return /\/(auth_url|validate_code\/:code)$/.test(path) ? 'write' : scopeOfMethod(method);
}
