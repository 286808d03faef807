import type { RejectedRow } from '../questions/list-rejected-rows.v1.js';

/** A page of the rows that a run rejected. Fields and spelling are part of the API. */
export interface RejectedRowsDto {
  run_id: string;
  /** All of them, also those that are not kept. */
  rejected_rows: number;
  kept_rows: number;
  rejects: RejectedRow[];
  /** What to ask for as `after` to go on; `null` when these are the last. */
  next_after: number | null;
}
