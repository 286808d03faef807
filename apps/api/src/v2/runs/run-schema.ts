import { z } from 'zod';
import { failureSchema } from '../synchronizations/synchronization-schema.js';

const time = z.iso.datetime();
const duration = z.number().nonnegative().nullable();

const runFields = {
  id: z.uuid(),
  synchronization_id: z.uuid(),
  number: z.int().positive().meta({ description: 'Counts the runs of the synchronization from 1.' }),
  trigger: z.enum(['created', 'schedule', 'manual']).meta({ description: 'What asked for the run.' }),
  state: z
    .enum(['queued', 'running', 'ended'])
    .meta({ description: '`queued` until a worker holds it; nothing more happens once it has ended.' }),
  outcome: z
    .enum(['imported', 'unchanged', 'failed', 'cancelled'])
    .nullable()
    .meta({ description: 'How it ended; `null` while it has not.' }),
  unchanged_by: z.enum(['validator', 'content-hash']).nullable().meta({
    description: "What said that nothing had changed: the source's validator, or the content's hash.",
  }),
  failure: failureSchema.nullable(),
  requested_at: time,
  started_at: time.nullable().meta({ description: 'When a worker took it up.' }),
  finished_at: time.nullable(),
  timings: z
    .object({
      queued_ms: duration.meta({ description: 'From the request to a worker.' }),
      fetch_ms: duration.meta({ description: 'Fetching the file.' }),
      load_ms: duration.meta({ description: 'Reading the file and copying it in.' }),
      index_ms: duration.meta({ description: 'Building indexes.' }),
      swap_ms: duration.meta({ description: 'Replacing the table.' }),
      total_ms: duration.meta({ description: 'From the request to the end.' }),
    })
    .meta({ description: 'In milliseconds; `null` where the run did not get, or nobody measured.' }),
  source: z
    .object({ sha256: z.string(), bytes: z.int().nullable() })
    .nullable()
    .meta({ description: 'The version of the file that was read, or found to be unchanged.' }),
  rows: z.int().nullable().meta({ description: 'Rows in the table; `null` when nothing was imported.' }),
  rejected_rows: z.int().nullable().meta({ description: 'Rows of the file that are not in the table.' }),
  warnings_count: z.int().meta({ description: 'How many warnings there are.' }),
};

/** A run in a list. */
export const runSummarySchema = z
  .object(runFields)
  .meta({ id: 'RunSummary', description: 'One attempt to bring a table in step.' });

/** A run with all that is known of it. */
export const runSchema = z
  .object({
    ...runFields,
    table: z
      .object({ schema: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The table that was made or replaced.' }),
    rows_before: z.int().nullable().meta({
      description: 'Rows after the import before this one, where that is still known.',
    }),
    geometries: z
      .int()
      .nullable()
      .meta({ description: 'Rows with a geometry; `null` without such a column.' }),
    columns: z
      .array(
        z.object({
          name: z.string(),
          type: z.string().meta({ description: 'The PostgreSQL type.' }),
          header: z.string().nullable().meta({ description: 'As it stands in the file.' }),
          why: z.string().nullable().meta({ description: 'Why it has this type, where that is known.' }),
        }),
      )
      .meta({ description: 'The columns of the table in order; none when nothing was imported.' }),
    warnings: z.array(z.string()),
    links: z.object({
      log: z.string().meta({ description: 'The log of this run.' }),
      rejects: z.string().meta({ description: 'The rows that were rejected, with the reasons.' }),
    }),
  })
  .meta({ id: 'Run', description: 'One attempt to bring a table in step, with all that is known of it.' });

/** A line of a log. */
export const logEntrySchema = z
  .object({
    id: z.string().meta({ description: 'Larger for what was written later.' }),
    run_id: z.uuid(),
    at: time,
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  })
  .meta({ id: 'LogEntry', description: 'What happened in a run, in a sentence.' });

export type RunSummaryBody = z.infer<typeof runSummarySchema>;
export type RunBody = z.infer<typeof runSchema>;
export type LogEntryBody = z.infer<typeof logEntrySchema>;
