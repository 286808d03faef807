import type { StorageService } from '../sources/source.js';
import type { SynchronizationState } from '../states/synchronization-state.js';

/**
 * A synchronization as the API shows it: CARTO's field names, every field always present.
 * Times are ISO 8601 to the second in UTC, spelt `2015-09-04T12:40:37+00:00`.
 */
export interface SynchronizationDto {
  id: string;
  /** The table's name; `null` until the first import succeeded. */
  name: string | null;
  /** Seconds between refreshes. */
  interval: number;
  /** `null` for a file in a storage service. */
  url: string | null;
  state: SynchronizationState;
  user_id: string;
  created_at: string;
  /** When the table's contents were last modified by a refresh; the time of creation before the first. */
  updated_at: string;
  /** When the next refresh is due. */
  run_at: string;
  /** When the table was last found or brought in step with its source; the time of creation before that. */
  ran_at: string;
  /** When the table was modified by hand, if applicable; refreshes replace such changes, so always `null`. */
  modified_at: string | null;
  /** The source's entity tag without quotes, `null` when it gives none. */
  etag: string | null;
  /** As `etag`; the empty string before the first import. */
  checksum: string | null;
  log_id: string;
  /** Why the last run failed; `null` once a run succeeded or a refresh was asked for by hand. */
  error_code: number | null;
  error_message: string | null;
  /** Failed attempts since the last success. */
  retried_times: number;
  service_name: StorageService | null;
  /** The service's id of the file; for a URL source `null` until the first attempt, then the URL. */
  service_item_id: string | null;
  type_guessing: boolean;
  quoted_fields_guessing: boolean;
  content_guessing: boolean;
  visualization_id: string | null;
  from_external_source: boolean;
  /** The member of an archive that was asked for; `null` for none. CARTO has no such field. */
  member: string | null;
  /** The layer or sheet of a file that was asked for; `null` for none. CARTO has no such field. */
  layer: string | null;
  /** The headers that requests for the URL carry, by name: their values are never shown. CARTO has no such field. */
  header_names: string[];
  /** Whether those requests carry a user name and a password. CARTO has no such field. */
  has_basic_auth: boolean;
}

/** The answer to creating a synchronization: the record, and where the first import can be watched. */
export interface CreatedSynchronizationDto extends SynchronizationDto {
  data_import: { endpoint: '/api/v1/imports'; item_queue_id: string };
}

export interface SynchronizationListDto {
  synchronizations: SynchronizationDto[];
  total_entries: number;
}

/** The answer to a forced refresh. `enqueued` is false when the last attempt is too recent or still under way. */
export interface SyncNowDto {
  enqueued: boolean;
  synchronization_id: string;
}
