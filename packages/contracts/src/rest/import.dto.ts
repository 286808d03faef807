import type { StorageService } from '../sources/source.js';

/** The states of an import, as CARTO's clients poll them. */
export type ImportState =
  'enqueued' | 'pending' | 'uploading' | 'unpacking' | 'importing' | 'complete' | 'failure';

/** The first run of a synchronization as CARTO's import record (`GET /api/v1/imports/:item_queue_id`). */
export interface ImportDto {
  id: string;
  user_id: string;
  table_id: string | null;
  /** `datasource` for a file in a storage service. */
  data_type: 'url' | 'datasource';
  table_name: string | null;
  state: ImportState;
  error_code: number | null;
  queue_id: string;
  tables_created_count: number | null;
  synchronization_id: string;
  type_guessing: boolean;
  quoted_fields_guessing: boolean;
  content_guessing: boolean;
  create_visualization: boolean;
  visualization_id: string | null;
  user_defined_limits: string;
  get_error_text: { title: string; what_about: string; source: string } | null;
  display_name: string;
  /** Present once the import has ended. */
  success?: boolean;
  /** Empty for a file in a storage service. */
  original_url: string;
  /** `null` for a URL, and so is the item then. CARTO has these two fields in synchronizations only. */
  service_name: StorageService | null;
  service_item_id: string | null;
  warnings: Record<string, unknown> | null;
  is_raster: boolean;
}
