import { type ImporterClient, ImporterSilentError } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';

/** Whether the table of a synchronization is there. @throws the signal's reason */
export type IsTableThere = (synchronizationId: string, signal: AbortSignal) => Promise<boolean>;

/**
 * Asks the importers. When none of them answers the table counts as there: being unable to ask must not make every
 * unchanged file be downloaded again, and a table that is gone is found missing by the next run.
 */
export function askImporters(importers: ImporterClient, logger: Logger): IsTableThere {
  return async (synchronizationId, signal) => {
    try {
      return await importers.isTableThere(synchronizationId, signal);
    } catch (error) {
      if (!(error instanceof ImporterSilentError)) throw error;
      logger.warn({ synchronizationId, err: error }, 'no importer says whether the table is there');
      return true;
    }
  };
}
