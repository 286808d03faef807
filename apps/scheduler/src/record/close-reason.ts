import type { Run, Synchronization } from '@tidetable/metadata-db';

/** Why a run is closed before its end. */
export type CloseReason =
  /** Somebody asked for that. */
  | 'asked'
  /** Its synchronization is no longer there. */
  | 'deleted'
  /** The account may not have anything refreshed. */
  | 'account-disabled'
  /** The synchronization names another source since: what the run brings is no longer wanted. */
  | 'source-changed';

/**
 * Why an open run must not go on, from the rows as they are now; `null` when it may. The first reason counts, since a
 * deleted synchronization needs no more than that.
 */
export function reasonToClose(
  run: Pick<Run, 'requestedAt'>,
  synchronization: Pick<Synchronization, 'deletedAt' | 'sourceChangedAt'>,
  isAccountActive: boolean,
): CloseReason | null {
  const { deletedAt, sourceChangedAt } = synchronization;
  if (deletedAt !== null) return 'deleted';
  if (!isAccountActive) return 'account-disabled';
  if (sourceChangedAt !== null && sourceChangedAt > run.requestedAt) return 'source-changed';
  return null;
}
