import { z } from 'zod';
import { failureSchema } from '../errors/failure.js';
import { instant, runReference, sourceVersionSchema } from './parts.js';

/**
 * From the fetcher or the importer to the scheduler. Once this is published nothing more happens in this run.
 */
export const runFinishedV1Subject = 'sync.run.finished.v1';

/** A column of the table as it was loaded, and why it has its type. */
export const loadedColumnSchema = z.object({
  name: z.string(),
  /** The PostgreSQL type, e.g. `integer`, `timestamp with time zone`. */
  type: z.string(),
  /** The header as it stands in the file; `null` when the file had none or the column is ours. */
  header: z.string().nullable(),
});

export type LoadedColumn = z.infer<typeof loadedColumnSchema>;

export const importReportSchema = z.object({
  schema: z.string(),
  table: z.string(),
  rows: z.int().nonnegative(),
  columns: z.array(loadedColumnSchema),
  /** Rows that got a geometry; `null` when the table has none. */
  geometries: z.int().nonnegative().nullable(),
  /** Whole sentences without cell values, e.g. about rows without usable coordinates. */
  warnings: z.array(z.string()),
  fetchMs: z.number().nonnegative(),
  loadMs: z.number().nonnegative(),
  indexMs: z.number().nonnegative(),
  swapMs: z.number().nonnegative(),
});

export type ImportReport = z.infer<typeof importReportSchema>;

const finished = { ...runReference, finishedAt: instant };

export const runFinishedV1Schema = z.discriminatedUnion('outcome', [
  z.object({
    ...finished,
    outcome: z.literal('unchanged'),
    /** What said so: the source (304) or the content's hash. */
    unchangedBy: z.enum(['validator', 'content-hash']),
    source: sourceVersionSchema,
  }),
  z.object({
    ...finished,
    outcome: z.literal('imported'),
    source: sourceVersionSchema,
    report: importReportSchema,
  }),
  z.object({ ...finished, outcome: z.literal('failed'), failure: failureSchema }),
]);

export type RunFinishedV1 = z.infer<typeof runFinishedV1Schema>;
export type RunOutcome = RunFinishedV1['outcome'];
