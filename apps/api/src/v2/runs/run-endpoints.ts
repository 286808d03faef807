import { z } from 'zod';
import type { Asks } from '../../database/metadata-database.js';
import type { CancelRunsService } from '../../runs/cancel-runs.service.js';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { pageAnswer, pageFields, pageSchema } from '../list-fields.js';
import { Problem } from '../problems/problem.js';
import { resourceId } from '../resource-id.js';
import { exampleLogEntry, exampleRun, exampleRunSummary } from './example-run.js';
import { presentRun, presentRunSummary } from './present-run.js';
import { getRun, listLog, listRuns, type LogRow } from './read-runs.js';
import { type LogEntryBody, logEntrySchema, runSchema, runSummarySchema } from './run-schema.js';

const tag = 'Runs';
const ofSynchronization = z.object({ id: resourceId('The id of the synchronization.') });
const ofRun = ofSynchronization.extend({ run_id: resourceId('The id of the run.') });
const runsPath = (id: string): string => `/synchronizations/${id}/runs`;
const outcomes = ['imported', 'unchanged', 'failed', 'cancelled'] as const;
const examplePath = { id: exampleIds.synchronization };
const exampleRunPath = { ...examplePath, run_id: exampleIds.run };

const runListFields = z.strictObject({
  outcome: z
    .enum(outcomes, { error: `must be one of ${outcomes.join(', ')}` })
    .optional()
    .meta({ description: 'Only runs that ended so.' }),
  ...pageFields,
});

const afterError = 'must be the id of a line';
const logFields = z.strictObject({
  after: z
    .string({ error: afterError })
    .regex(/^\d{1,18}$/, { error: afterError })
    .optional()
    .meta({ description: 'Only lines after the one with this id: to ask for what is new.' }),
  ...pageFields,
});
const logAnswers = {
  200: {
    description: 'A page of the log.',
    schema: pageSchema(logEntrySchema).meta({ id: 'LogPage' }),
    headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
  },
};
const exampleLog = { items: [exampleLogEntry], next: null };

/** What these endpoints need. */
export interface RunParts {
  readonly database: Asks;
  readonly runs: Pick<CancelRunsService, 'cancel'>;
}

/** The endpoints that show what runs did, and that end them. */
export function runEndpoints({ database, runs }: RunParts): Endpoint[] {
  return [
    ...[listEndpoint(database), showEndpoint(database), cancelEndpoint({ database, runs })],
    ...[runLogEndpoint(database), logEndpoint(database)],
  ];
}

/** How long to wait before asking again, in seconds, when no scheduler answers. */
const awaySeconds = 5;

function cancelEndpoint({ database, runs }: RunParts): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: `${runsPath(':id')}/:run_id/cancel`,
    operationId: 'cancelRun',
    scope: 'write',
    tag,
    summary: 'Cancel a run',
    description:
      'It ends within seconds and leaves the table as it is; the schedule goes on. Repeating it changes nothing.',
    pathSchema: ofRun,
    answers: { 200: { description: 'The run, which has ended.', schema: runSchema } },
    problems: ['run-ended', 'schedulers-away'],
    example: { path: exampleRunPath, status: 200, answer: { ...exampleRun, outcome: 'cancelled' } },
    handle: async ({ account, path: { id, run_id: runId } }) => {
      const result = await runs.cancel({ accountId: account.id, synchronizationId: id, runId });
      if (result === null)
        throw new Problem('schedulers-away', { headers: { 'retry-after': String(awaySeconds) } });
      if (result === 'unknown') throw new Problem('not-found');
      if (result === 'ended') throw new Problem('run-ended');
      const owned = { accountId: account.id, synchronizationId: id };
      const { run, rowsBefore } = await getRun(database, owned, runId);
      return { body: presentRun(run, rowsBefore) };
    },
  });
}

function listEndpoint(database: Asks): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: runsPath(':id'),
    operationId: 'listRuns',
    scope: 'read',
    tag,
    summary: 'List the runs of a synchronization',
    description: 'The latest first. Old ones are forgotten, by age and by number; the first is kept.',
    pathSchema: ofSynchronization,
    querySchema: runListFields,
    answers: {
      200: {
        description: 'A page of runs.',
        schema: pageSchema(runSummarySchema).meta({ id: 'RunPage' }),
        headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
      },
    },
    problems: ['cursor-invalid'],
    example: {
      path: examplePath,
      query: { limit: '10' },
      status: 200,
      answer: { items: [exampleRunSummary], next: null },
    },
    handle: async ({ account, path: { id }, query }) => {
      const { rows, cursor } = await listRuns(
        database,
        { accountId: account.id, synchronizationId: id },
        query,
      );
      return pageAnswer(rows.map(presentRunSummary), v2Path + runsPath(id), query, cursor);
    },
  });
}

function showEndpoint(database: Asks): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `${runsPath(':id')}/:run_id`,
    operationId: 'showRun',
    scope: 'read',
    tag,
    summary: 'Show a run',
    pathSchema: ofRun,
    hasETag: true,
    answers: { 200: { description: 'The run.', schema: runSchema } },
    example: { path: exampleRunPath, status: 200, answer: exampleRun },
    handle: async ({ account, path: { id, run_id: runId } }) => {
      const owned = { accountId: account.id, synchronizationId: id };
      const { run, rowsBefore } = await getRun(database, owned, runId);
      return { body: presentRun(run, rowsBefore) };
    },
  });
}

function runLogEndpoint(database: Asks): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `${runsPath(':id')}/:run_id/log`,
    operationId: 'listLogOfRun',
    scope: 'read',
    tag,
    summary: 'Read the log of a run',
    pathSchema: ofRun,
    querySchema: logFields,
    answers: logAnswers,
    problems: ['cursor-invalid'],
    example: { path: exampleRunPath, status: 200, answer: exampleLog },
    handle: async ({ account, path: { id, run_id: runId }, query }) => {
      const owned = { accountId: account.id, synchronizationId: id };
      const { rows, cursor } = await listLog(database, owned, runId, query);
      return pageAnswer(rows.map(presentLogEntry), `${v2Path}${runsPath(id)}/${runId}/log`, query, cursor);
    },
  });
}

function logEndpoint(database: Asks): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/synchronizations/:id/log',
    operationId: 'listLog',
    scope: 'read',
    tag,
    summary: 'Read the log of a synchronization',
    description:
      'What happened in all its runs, in the order in which it was written. This is what `log_id` names.',
    pathSchema: ofSynchronization,
    querySchema: logFields,
    answers: logAnswers,
    problems: ['cursor-invalid'],
    example: { path: examplePath, query: { limit: '100' }, status: 200, answer: exampleLog },
    handle: async ({ account, path: { id }, query }) => {
      const owned = { accountId: account.id, synchronizationId: id };
      const { rows, cursor } = await listLog(database, owned, null, query);
      return pageAnswer(rows.map(presentLogEntry), `${v2Path}/synchronizations/${id}/log`, query, cursor);
    },
  });
}

function presentLogEntry({ id, runId, at, level, message }: LogRow): LogEntryBody {
  return { id, run_id: runId, at: at.toISOString(), level, message };
}
