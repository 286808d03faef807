import { z } from 'zod';
import type { Asks } from '../../database/metadata-database.js';
import { defineEndpoint, type Endpoint, v2Path } from '../endpoint.js';
import { pageAnswer, pageFields, pageSchema } from '../list-fields.js';
import { entrySchema, exampleEntry } from './audit-schema.js';
import { listEntries } from './list-entries.js';

/** What these endpoints need. */
export interface AuditParts {
  readonly database: Asks;
}

/** The endpoint that tells who changed what. */
export function auditEndpoints({ database }: AuditParts): Endpoint[] {
  const listPath = '/audit';
  return [
    defineEndpoint({
      method: 'GET',
      path: listPath,
      operationId: 'listAuditEntries',
      scope: 'admin',
      tag: 'Account',
      summary: 'List what was changed',
      description: 'Who changed what and when, the newest first.',
      querySchema: z.strictObject(pageFields),
      answers: {
        200: {
          description: 'A page of entries.',
          schema: pageSchema(entrySchema).meta({ id: 'AuditPage' }),
          headers: { link: 'The next page, as `rel="next"`; absent on the last one.' },
        },
      },
      problems: ['cursor-invalid'],
      example: { query: { limit: '50' }, status: 200, answer: { items: [exampleEntry], next: null } },
      handle: async ({ account, query }) => {
        const { items, cursor } = await listEntries(database, account.id, query);
        return pageAnswer(items, v2Path + listPath, query, cursor);
      },
    }),
  ];
}
