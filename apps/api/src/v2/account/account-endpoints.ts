import { z } from 'zod';
import type { Asks } from '../../database/metadata-database.js';
import { readQuotas } from '../../quotas/quotas.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';

const limit = (what: string): z.ZodNullable<z.ZodInt> =>
  z
    .int()
    .nullable()
    .meta({ description: `${what}; \`null\` where the account has no limit of its own.` });
const used = (what: string): z.ZodInt => z.int().nonnegative().meta({ description: what });

const accountSchema = z
  .object({
    username: z.string(),
    schema: z.string().meta({ description: 'Where its tables are in the database.' }),
    limits: z
      .object({
        tables: limit('The most synchronizations'),
        total_rows: limit('The most rows in all its tables'),
        total_bytes: limit('The most bytes of all its tables with their indexes'),
        runs_in_flight: limit('The most runs at the same time'),
        requests_per_minute: z.int().meta({ description: 'The most requests in a minute.' }),
        file_bytes: limit('The largest file'),
        rows: limit('The most rows of a table'),
        columns: limit('The most columns of a file'),
        vertices: limit('The most vertices of a geometry'),
        layers: limit('The most layers of a file'),
      })
      .meta({ description: 'Set by whoever runs this installation.' }),
    usage: z
      .object({
        tables: used('Synchronizations that are not deleted.'),
        total_rows: used('Rows in their tables, as the last imports left them.'),
        total_bytes: used('Bytes of their tables with their indexes, as the last imports left them.'),
        runs_in_flight: used('Runs that wait for a worker or are under way.'),
      })
      .meta({ description: 'What there is of it.' }),
  })
  .meta({ id: 'Account', description: 'An account, what it may have and what it has.' });

/** What these endpoints need. */
export interface AccountParts {
  readonly database: Asks;
  readonly requestsPerMinute: number;
}

/** The endpoint about the account itself. */
export function accountEndpoints({ database, requestsPerMinute }: AccountParts): Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/account',
      operationId: 'showAccount',
      scope: 'admin',
      tag: 'Account',
      summary: 'Show limits and usage',
      answers: { 200: { description: 'The account.', schema: accountSchema } },
      example: {
        status: 200,
        answer: {
          username: 'demo',
          schema: 'demo',
          limits: {
            tables: 100,
            total_rows: null,
            total_bytes: 10_737_418_240,
            runs_in_flight: 3,
            requests_per_minute: 600,
            file_bytes: null,
            rows: 5_000_000,
            columns: null,
            vertices: null,
            layers: null,
          },
          usage: { tables: 12, total_rows: 48_211, total_bytes: 73_400_320, runs_in_flight: 1 },
        },
      },
      handle: async ({ account }) => {
        const quotas = await readQuotas(database, account.id);
        return {
          body: {
            username: quotas.username,
            schema: quotas.username,
            limits: {
              tables: quotas.tablesMax,
              total_rows: quotas.totalRowsMax,
              total_bytes: quotas.totalBytesMax,
              runs_in_flight: quotas.runsMax,
              requests_per_minute: quotas.requestsPerMinuteMax ?? requestsPerMinute,
              file_bytes: quotas.fileBytesMax,
              rows: quotas.rowsMax,
              columns: quotas.columnsMax,
              vertices: quotas.verticesMax,
              layers: quotas.layersMax,
            },
            usage: {
              tables: quotas.tables,
              total_rows: quotas.totalRows,
              total_bytes: quotas.totalBytes,
              runs_in_flight: quotas.runsInFlight,
            },
          },
        };
      },
    }),
  ];
}
