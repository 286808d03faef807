import { storageServices, synchronizationStates, syncErrorCodes } from '@tidetable/contracts';
import { z } from 'zod';

const time = z.iso.datetime().meta({ description: 'A time in UTC, RFC 3339 to the millisecond.' });

/** Why a run failed, in words of the error catalogue. */
export const failureSchema = z
  .object({
    type: z.string().meta({ description: 'The type of the problem: the address of the page about it.' }),
    code: z.enum(syncErrorCodes).meta({ description: 'The code in the error catalogue.' }),
    carto_code: z.int().meta({ description: '`error_code` of version 1.' }),
    title: z.string().meta({ description: 'A few words, for a heading.' }),
    sentence: z.string().meta({ description: 'What happened.' }),
    detail: z.string().nullable().meta({
      description: 'Where: a line, a column, a limit, a status; `null` when there is no more to say.',
    }),
    remedy: z.string().meta({ description: 'What to do next.' }),
    directive: z
      .enum(['retry-later', 'await-user-fix', 'give-up'])
      .meta({ description: 'What the schedule does about it.' }),
  })
  .meta({ id: 'Failure', description: 'Why a run failed.' });

const sourceSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('url'),
      url: z.string().meta({ description: 'The address of the file, as it was given.' }),
      header_names: z
        .array(z.string())
        .meta({ description: 'The headers that requests carry; their values are never shown.' }),
      has_basic_auth: z
        .boolean()
        .meta({ description: 'Whether requests carry a user name and a password, which are never shown.' }),
    }),
    z.object({
      type: z.literal('service'),
      service: z.enum(storageServices),
      item_id: z.string().meta({ description: "The service's id of the file." }),
    }),
  ])
  .meta({ id: 'Source', description: 'Where the file is.' });

const scheduleSchema = z
  .union([
    z.strictObject({
      every: z.int().positive().meta({ description: 'Seconds from one refresh to the next.' }),
    }),
    z.strictObject({
      cron: z.string().meta({
        description:
          'Minute, hour, day of the month, month, day of the week. A run comes up to a minute later.',
      }),
      time_zone: z
        .string()
        .meta({ description: 'By the clocks of which place: a name of the IANA database.' }),
    }),
  ])
  .meta({ id: 'Schedule', description: 'When the table is refreshed.' });

/** A synchronization, as version 2 shows it. */
export const synchronizationSchema = z
  .object({
    id: z.uuid(),
    source: sourceSchema,
    schedule: scheduleSchema,
    options: z
      .object({
        type_guessing: z.boolean().meta({ description: 'Columns get the type that fits all their values.' }),
        quoted_fields_guessing: z.boolean().meta({ description: 'Values in quotes take part in that.' }),
        content_guessing: z.boolean().meta({ description: 'Places named in words are looked for.' }),
        member: z.string().nullable().meta({ description: 'The member of an archive that is the table.' }),
        layer: z.string().nullable().meta({ description: 'The layer or sheet that is the table.' }),
      })
      .meta({ description: 'How the file is read.' }),
    table: z
      .object({
        schema: z.string().meta({ description: 'The schema of the account.' }),
        name: z.string().nullable().meta({ description: '`null` until the first import has succeeded.' }),
        requested_name: z.string().nullable().meta({
          description: 'The name that was asked for; `null` leaves it to the name of the file.',
        }),
      })
      .meta({ description: 'The table that is kept in step.' }),
    state: z.enum(synchronizationStates).meta({
      description: '`queued` also while a refresh that was asked for has yet to be taken up.',
    }),
    stopped: z.boolean().meta({
      description: 'Whether the schedule has given up until it is changed, or a refresh is asked for.',
    }),
    last_failure: failureSchema.nullable().meta({
      description: 'Why the last run failed; `null` when it succeeded, or none has ended.',
    }),
    failures_in_a_row: z
      .int()
      .nonnegative()
      .meta({ description: 'Since the last success; at ten it stops.' }),
    imported: z
      .object({
        requested_at: time.meta({ description: 'When the run that imported it was requested.' }),
        sha256: z.string(),
        bytes: z.int().nullable(),
        etag: z.string().nullable().meta({ description: 'As the source gave it.' }),
        last_modified: z.string().nullable().meta({ description: 'As the source gave it.' }),
      })
      .nullable()
      .meta({ description: 'The version of the file that the table holds; `null` before the first import.' }),
    created_at: time,
    attempted_at: time.nullable().meta({ description: 'When the last run was begun.' }),
    in_step_at: time.nullable().meta({
      description: 'When the table was last found or brought in step; `null` before the first import.',
    }),
    table_changed_at: time.nullable().meta({
      description: 'When a refresh last changed the table; `null` before the first import.',
    }),
    next_run_at: time.nullable().meta({
      description: 'When the next run is due; `null` while one is under way, or the schedule has stopped.',
    }),
    log_id: z.uuid().meta({ description: 'Names the log of all runs.' }),
    first_run_id: z.uuid().meta({ description: 'The id of the run that makes the table.' }),
  })
  .meta({ id: 'Synchronization', description: 'A table that is kept in step with a file.' });

export type SynchronizationBody = z.infer<typeof synchronizationSchema>;
export type FailureBody = z.infer<typeof failureSchema>;
