import { z } from 'zod';
import { answerOnce, idempotencyHeader, idempotencyProblems } from '../answer-once.js';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { resourceId } from '../resource-id.js';
import { exampleSynchronization } from './example-synchronization.js';
import { presentSynchronization } from './present-synchronization.js';
import { synchronizationSchema } from './synchronization-schema.js';
import { changedFields, newFields } from './write-fields.js';
import {
  changeSynchronization,
  deleteSynchronization,
  prepareNew,
  requestRun,
  type WritingParts,
} from './write-synchronizations.js';

const tag = 'Synchronizations';
const listPath = '/synchronizations';
const onePath = `${listPath}/:id`;
const pathSchema = z.object({ id: resourceId('The id of the synchronization.') });
const ifMatchHeader = {
  'If-Match': 'The entity tag of the version that is meant; 412 when it is another by now.',
};
const examplePath = { id: exampleIds.synchronization };

/** What these endpoints need. */
export interface WritingEndpointParts extends WritingParts {
  readonly minIntervalSeconds: number;
}

/** The endpoints that make, change and end synchronizations, and that ask for refreshes. */
export function writingEndpoints(parts: WritingEndpointParts): Endpoint[] {
  return [createEndpoint(parts), changeEndpoint(parts), deleteEndpoint(parts), refreshEndpoint(parts)];
}

function createEndpoint(parts: WritingEndpointParts): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: listPath,
    operationId: 'createSynchronization',
    scope: 'write',
    tag,
    summary: 'Create a synchronization',
    description: 'Its first run begins at once.',
    bodySchema: newFields(parts.minIntervalSeconds),
    requestHeaders: idempotencyHeader,
    hasETag: true,
    answers: {
      201: {
        description: 'The new synchronization.',
        schema: synchronizationSchema,
        headers: { location: 'Its address.' },
      },
    },
    problems: [
      ...idempotencyProblems,
      'request-refused',
      'quota-exceeded',
      'credentials-not-configured',
      'fetchers-away',
    ],
    example: {
      headers: { 'Idempotency-Key': 'ports-2026-03-01' },
      body: {
        source: { type: 'url', url: 'https://data.example.org/ports.csv' },
        schedule: { every: 3600 },
        table: { name: 'ports' },
      },
      status: 201,
      answer: exampleSynchronization,
    },
    handle: (request) =>
      answerOnce(parts.database, 'createSynchronization', request, async () => {
        const { account, body } = request;
        const store = await prepareNew(parts, account, body);
        return async (transaction) => {
          const row = await store(transaction);
          return {
            status: 201,
            body: presentSynchronization(row, account.username),
            headers: { location: `${v2Path}${listPath}/${row.id}` },
          };
        };
      }),
  });
}

function changeEndpoint(parts: WritingEndpointParts): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: onePath,
    operationId: 'changeSynchronization',
    scope: 'write',
    tag,
    summary: 'Change a synchronization',
    description:
      'What is left out stays as it is. A changed schedule or option also sets a schedule going that had stopped.',
    pathSchema,
    bodySchema: changedFields(parts.minIntervalSeconds),
    requestHeaders: ifMatchHeader,
    hasETag: true,
    answers: { 200: { description: 'The synchronization as it is now.', schema: synchronizationSchema } },
    problems: ['precondition-failed', 'request-refused', 'credentials-not-configured', 'fetchers-away'],
    example: {
      path: examplePath,
      body: { schedule: { every: 7200 } },
      status: 200,
      answer: exampleSynchronization,
    },
    handle: async ({ account, path: { id }, body, headers }) => {
      const target = { account, id, ifMatch: headers['if-match'] };
      const row = await changeSynchronization(parts, target, body);
      return { body: presentSynchronization(row, account.username) };
    },
  });
}

function deleteEndpoint(parts: WritingEndpointParts): Endpoint {
  return defineEndpoint({
    method: 'DELETE',
    path: onePath,
    operationId: 'deleteSynchronization',
    scope: 'write',
    tag,
    summary: 'End a synchronization',
    description: 'A run that is under way is closed. The table stays, as an ordinary table.',
    pathSchema,
    requestHeaders: ifMatchHeader,
    answers: { 204: { description: 'It is ended.' } },
    problems: ['precondition-failed'],
    example: { path: examplePath, status: 204 },
    handle: async ({ account, path: { id }, headers }) => {
      await deleteSynchronization(parts, { account, id, ifMatch: headers['if-match'] });
      return {};
    },
  });
}

function refreshEndpoint(parts: WritingEndpointParts): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `${onePath}/runs`,
    operationId: 'requestRun',
    scope: 'write',
    tag: 'Runs',
    summary: 'Refresh now',
    description: `Allowed ${parts.syncNowGapSeconds} seconds after the last attempt, or when the next one is due anyway. Also sets a schedule going that had stopped.`,
    pathSchema,
    requestHeaders: idempotencyHeader,
    answers: {
      202: {
        description: 'The synchronization, whose next run begins at once.',
        schema: synchronizationSchema,
      },
    },
    problems: [...idempotencyProblems, 'run-open', 'refresh-too-soon'],
    example: { path: examplePath, status: 202, answer: { ...exampleSynchronization, state: 'queued' } },
    handle: (request) =>
      answerOnce(parts.database, 'requestRun', request, async () => async (transaction) => {
        const { account, path } = request;
        const row = await requestRun(parts, transaction, { account, id: path.id });
        return { status: 202, body: presentSynchronization(row, account.username) };
      }),
  });
}
