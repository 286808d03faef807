import {
  type BegunConnectionDto,
  type ConnectionDto,
  type CreatedSynchronizationDto,
  type EndedConnectionDto,
  type ImportDto,
  type RejectedRowsDto,
  rejectReasons,
  type ServiceFilesDto,
  storageServices,
  type SyncNowDto,
  type SynchronizationDto,
  type SynchronizationListDto,
  synchronizationStates,
} from '@tidetable/contracts';
import { z } from 'zod';

// What version 1 answers with. It is not parsed by these: the types of the contracts hold both together.

const time = z.string().meta({ description: 'ISO 8601 to the second, in UTC: `2015-09-04T12:40:37+00:00`.' });
const synchronizationFields = {
  id: z.uuid(),
  name: z.string().nullable().meta({ description: 'The name of the table; `null` until it is there.' }),
  interval: z.int().meta({ description: 'Seconds between refreshes.' }),
  url: z.string().nullable(),
  state: z.enum(synchronizationStates),
  user_id: z.uuid(),
  created_at: time,
  updated_at: time,
  run_at: time,
  ran_at: time,
  modified_at: time.nullable(),
  etag: z.string().nullable(),
  checksum: z.string().nullable(),
  log_id: z.uuid(),
  error_code: z.int().nullable(),
  error_message: z.string().nullable(),
  retried_times: z.int(),
  service_name: z.enum(storageServices).nullable(),
  service_item_id: z.string().nullable(),
  type_guessing: z.boolean(),
  quoted_fields_guessing: z.boolean(),
  content_guessing: z.boolean(),
  visualization_id: z.string().nullable(),
  from_external_source: z.boolean(),
  member: z.string().nullable(),
  layer: z.string().nullable(),
  header_names: z.array(z.string()),
  has_basic_auth: z.boolean(),
};

export const v1Synchronization = z
  .object(synchronizationFields)
  .meta({ id: 'V1Synchronization' }) satisfies z.ZodType<SynchronizationDto>;

export const v1CreatedSynchronization = z
  .object({
    data_import: z.object({ endpoint: z.literal('/api/v1/imports'), item_queue_id: z.uuid() }),
    ...synchronizationFields,
  })
  .meta({ id: 'V1CreatedSynchronization' }) satisfies z.ZodType<CreatedSynchronizationDto>;

export const v1SynchronizationList = z.object({
  synchronizations: z.array(v1Synchronization),
  total_entries: z.int(),
}) satisfies z.ZodType<SynchronizationListDto>;

export const v1State = z.object({ state: z.enum(synchronizationStates) });

export const v1SyncNow = z.object({
  enqueued: z
    .boolean()
    .meta({ description: 'Whether a refresh follows; false when the last is too recent.' }),
  synchronization_id: z.uuid(),
}) satisfies z.ZodType<SyncNowDto>;

export const v1Import = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    table_id: z.null(),
    data_type: z.enum(['url', 'datasource']),
    table_name: z.string().nullable(),
    state: z.enum(['enqueued', 'pending', 'importing', 'complete', 'failure']),
    error_code: z.int().nullable(),
    queue_id: z.uuid(),
    tables_created_count: z.int().nullable(),
    synchronization_id: z.uuid(),
    type_guessing: z.boolean(),
    quoted_fields_guessing: z.boolean(),
    content_guessing: z.boolean(),
    create_visualization: z.boolean(),
    visualization_id: z.null(),
    user_defined_limits: z.string(),
    get_error_text: z
      .object({
        title: z.string(),
        what_about: z.string(),
        source: z.enum(['user', 'external', 'tidetable']),
      })
      .nullable(),
    display_name: z.string(),
    success: z.boolean().optional().meta({ description: 'Only once the import has ended.' }),
    warnings: z.object({ messages: z.array(z.string()) }).nullable(),
    original_url: z.string(),
    service_name: z.enum(storageServices).nullable(),
    service_item_id: z.string().nullable(),
    is_raster: z.boolean(),
  })
  .meta({ id: 'V1Import' }) satisfies z.ZodType<Partial<ImportDto>>;

export const v1RejectedRows = z.object({
  run_id: z.uuid(),
  rejected_rows: z.int(),
  kept_rows: z.int(),
  rejects: z.array(
    z.object({
      number: z.int(),
      line: z.int(),
      reason: z.enum(rejectReasons),
      sentence: z.string(),
      content: z.string(),
    }),
  ),
  next_after: z.int().nullable(),
}) satisfies z.ZodType<RejectedRowsDto>;

export const v1Connection = z
  .object({
    service: z.enum(storageServices),
    title: z.string(),
    state: z.enum(['not-configured', 'not-connected', 'connected', 'needs-reconnecting']),
    account_name: z.string().nullable(),
    connected_at: time.nullable(),
    push: z.boolean(),
    push_reason: z.string().nullable(),
  })
  .meta({ id: 'V1Connection' }) satisfies z.ZodType<ConnectionDto>;

export const v1BegunConnection = z.object({
  url: z.string(),
  expires_in: z.int(),
}) satisfies z.ZodType<BegunConnectionDto>;

export const v1EndedConnection = z.object({
  service: z.enum(storageServices),
  state: z.literal('not-connected'),
  service_told: z.boolean(),
}) satisfies z.ZodType<EndedConnectionDto>;

export const v1ServiceFiles = z.object({
  files: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      size: z.int().nullable(),
      revision: z.string().nullable(),
      modified_at: z.string().nullable(),
    }),
  ),
  next_page: z.string().nullable(),
}) satisfies z.ZodType<ServiceFilesDto>;

/** What version 1 refuses with. */
export const v1Refusal = z
  .object({
    errors: z.string(),
    error: z.string().optional().meta({ description: 'A word for programs, where there is one.' }),
  })
  .meta({ id: 'V1Refusal' });

const interval = z.int().meta({ description: 'Seconds between refreshes.' });
const changeable = {
  type_guessing: z.boolean().optional(),
  quoted_fields_guessing: z.boolean().optional(),
  content_guessing: z.boolean().optional(),
  member: z.string().nullable().optional(),
  layer: z.string().nullable().optional(),
  headers: z.record(z.string(), z.string()).nullable().optional(),
  basic_auth: z.object({ username: z.string(), password: z.string() }).nullable().optional(),
};

/** What is sent to create one; either a URL, or a service and its id of the file. */
export const v1NewSynchronization = z
  .object({
    url: z.string().nullable().optional(),
    interval: interval.optional(),
    table_name: z.string().optional(),
    service_name: z.enum(storageServices).nullable().optional(),
    service_item_id: z.string().optional(),
    ...changeable,
  })
  .meta({ id: 'V1NewSynchronization' });

export const v1ChangedSynchronization = z
  .object({ interval: interval.optional(), ...changeable })
  .meta({ id: 'V1ChangedSynchronization' });
