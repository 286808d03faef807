import type { Logger } from '@tidetable/service-host';
import type { ImportResources } from '../import-steps.js';
import { forgetRejected } from './forget-rejected.js';
import { sweepStagingTables } from './sweep-staging-tables.js';

export interface Sweeping {
  /** Waits for the sweep under way. Idempotent. */
  stop(): Promise<void>;
}

/** Sweeps staging tables and rejected rows once at the start and then on every interval. */
export function startSweeping(resources: ImportResources, logger: Logger): Sweeping {
  const { env, scheduler, sessions } = resources;
  return sweepOnInterval(env.SWEEP_INTERVAL_MS, logger, async (signal) => {
    const session = await sessions.open();
    try {
      const dropped = await sweepStagingTables(session.client, (runId) => scheduler.isRunOpen(runId, signal));
      if (dropped > 0) logger.info({ dropped }, 'staging tables swept');
      const forgotten = await forgetRejected(session.client, (ids) => scheduler.whichExist(ids, signal));
      if (forgotten > 0) logger.info({ runs: forgotten }, 'rejected rows forgotten');
    } finally {
      await session.release();
    }
  });
}

/** Sweeps once at the start and then on every interval; a sweep that fails is logged and made up for by the next. */
export function sweepOnInterval(
  intervalMs: number,
  logger: Logger,
  sweep: (signal: AbortSignal) => Promise<void>,
): Sweeping {
  const aborter = new AbortController();
  let current = Promise.resolve();
  const trigger = (): void => {
    current = current
      .then(() => sweep(aborter.signal))
      .catch((error: unknown) => {
        if (!aborter.signal.aborted) logger.warn({ err: error }, 'sweep failed');
      });
  };
  const timer = setInterval(trigger, intervalMs);
  trigger();
  return {
    stop: async () => {
      clearInterval(timer);
      aborter.abort();
      await current;
    },
  };
}
