import { z } from 'zod';
import { failureSchema } from '../errors/failure.js';
import { instant, runReference, sourceVersionSchema } from './parts.js';

/** From the fetcher or the importer to the scheduler. */
export const runFinishedV1Subject = 'sync.run.finished.v1';

/** A column of the table as it was loaded, and why it has its type. */
const loadedColumnSchema = z.object({
  name: z.string().describe('Its name in the table.'),
  type: z.string().describe('The PostgreSQL type, e.g. `integer`, `timestamp with time zone`.'),
  header: z
    .string()
    .nullable()
    .describe('The header as it stands in the file; `null` when the file had none or the column is ours.'),
  why: z
    .string()
    .max(300)
    .optional()
    .describe(
      'Why it has this type, in a sentence without cell values; absent where there is no more to say.',
    ),
});

export type LoadedColumn = z.infer<typeof loadedColumnSchema>;

const changedColumn = {
  name: z.string().describe('Its name in the table.'),
  type: z.string().describe('The PostgreSQL type.'),
};

/** How the columns of a table differ from those that it had before the refresh. */
const schemaChangeSchema = z
  .object({
    added: z.array(z.object(changedColumn)).describe('Columns that the table did not have.'),
    removed: z.array(z.object(changedColumn)).describe('Columns that the table has no more.'),
    retyped: z
      .array(z.object({ ...changedColumn, before: z.string().describe('The type that it had.') }))
      .describe('Columns that have another type.'),
  })
  .describe(
    'How the columns differ from those before; absent where they do not, or there was no table before.',
  );

export type SchemaChange = z.infer<typeof schemaChangeSchema>;

export const importReportSchema = z
  .object({
    schema: z.string().describe('The schema of the table.'),
    table: z.string().describe('The table that was made or replaced.'),
    rows: z.int().nonnegative().describe('Rows in the table.'),
    tableBytes: z
      .int()
      .nonnegative()
      .optional()
      .describe('Bytes of the table with its indexes; absent in reports of older importers.'),
    rejectedRows: z
      .int()
      .nonnegative()
      .optional()
      .describe('Rows of the file that are not in the table; absent in reports of older importers.'),
    columns: z.array(loadedColumnSchema).describe('The columns of the table in order.'),
    schemaChange: schemaChangeSchema.optional(),
    geometries: z
      .int()
      .nonnegative()
      .nullable()
      .describe('Rows that got a geometry; `null` when the table has none.'),
    warnings: z
      .array(z.string())
      .describe('Whole sentences without cell values, e.g. about rows without usable coordinates.'),
    fetchMs: z.number().nonnegative().describe('Time spent fetching, in milliseconds.'),
    loadMs: z
      .number()
      .nonnegative()
      .describe('Time spent reading the file and copying it in, in milliseconds.'),
    indexMs: z.number().nonnegative().describe('Time spent building indexes, in milliseconds.'),
    swapMs: z.number().nonnegative().describe('Time spent replacing the table, in milliseconds.'),
  })
  .describe('What was imported.');

export type ImportReport = z.infer<typeof importReportSchema>;

const finished = { ...runReference, finishedAt: instant.describe('When the run ended.') };

export const runFinishedV1Schema = z
  .discriminatedUnion('outcome', [
    z.object({
      ...finished,
      outcome: z.literal('unchanged').describe('The table holds what the source holds already.'),
      unchangedBy: z
        .enum(['validator', 'content-hash'])
        .describe("What said so: the source (304), or the content's hash."),
      source: sourceVersionSchema,
    }),
    z.object({
      ...finished,
      outcome: z.literal('imported').describe('The table was made or replaced.'),
      source: sourceVersionSchema,
      report: importReportSchema,
    }),
    z.object({
      ...finished,
      outcome: z.literal('failed').describe('The table is as it was.'),
      failure: failureSchema,
    }),
  ])
  .describe('Once this is published nothing more happens in this run.');

export type RunFinishedV1 = z.infer<typeof runFinishedV1Schema>;
export type RunOutcome = RunFinishedV1['outcome'];
