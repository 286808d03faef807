import { z } from 'zod';
import type { SynchronizationsRepository } from '../../synchronizations/synchronizations.repository.js';
import type { Asks } from '../../database/metadata-database.js';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { pageAnswer, pageSchema } from '../list-fields.js';
import { Problem } from '../problems/problem.js';
import { resourceId } from '../resource-id.js';
import { exampleSynchronization } from './example-synchronization.js';
import { listFields } from './list-fields.js';
import { listSynchronizations } from './list-synchronizations.js';
import { presentSynchronization } from './present-synchronization.js';
import { synchronizationSchema } from './synchronization-schema.js';

const tag = 'Synchronizations';
const synchronizationPath = z.object({ id: resourceId('The id of the synchronization.') });
const listPath = '/synchronizations';

/** What these endpoints need. */
export interface SynchronizationParts {
  readonly database: Asks;
  readonly synchronizations: SynchronizationsRepository;
}

/** The endpoints that show synchronizations. */
export function synchronizationEndpoints({ database, synchronizations }: SynchronizationParts): Endpoint[] {
  const list = defineEndpoint({
    method: 'GET',
    path: listPath,
    operationId: 'listSynchronizations',
    scope: 'read',
    tag,
    summary: 'List synchronizations',
    description:
      'In the order of creation; with `name` in the order of names, with `due_before` in the order in which they are due.',
    querySchema: listFields,
    answers: {
      200: {
        description: 'A page of synchronizations.',
        schema: pageSchema(synchronizationSchema).meta({ id: 'SynchronizationPage' }),
        headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
      },
    },
    problems: ['cursor-invalid'],
    example: {
      query: { limit: '2', state: 'success,failure' },
      status: 200,
      answer: { items: [exampleSynchronization], next: null },
    },
    handle: async ({ account, query }) => {
      const { rows, cursor } = await listSynchronizations(database, account.id, query);
      const items = rows.map((row) => presentSynchronization(row, account.username));
      return pageAnswer(items, v2Path + listPath, query, cursor);
    },
  });

  const show = defineEndpoint({
    method: 'GET',
    path: `${listPath}/:id`,
    operationId: 'showSynchronization',
    scope: 'read',
    tag,
    summary: 'Show a synchronization',
    pathSchema: synchronizationPath,
    hasETag: true,
    answers: { 200: { description: 'The synchronization.', schema: synchronizationSchema } },
    example: {
      path: { id: exampleIds.synchronization },
      status: 200,
      answer: exampleSynchronization,
    },
    handle: async ({ account, path }) => {
      const row = await synchronizations.find(account.id, path.id);
      if (row === null) throw new Problem('not-found');
      return { body: presentSynchronization(row, account.username) };
    },
  });

  return [list, show];
}
