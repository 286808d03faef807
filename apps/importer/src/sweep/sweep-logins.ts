import type { Logger } from '@tidetable/service-host';
import type { ImportResources } from '../import-steps.js';
import { endDisabledLogins, grantWhatWasMissed } from '../logins/end-disabled-logins.js';
import { type Sweeping, sweepOnInterval } from './sweep-loop.js';

/** Ends the logins of accounts that were disabled, once at the start and then on every interval. */
export function startSweepingLogins(resources: ImportResources, logger: Logger): Sweeping {
  const { env, scheduler, sessions } = resources;
  return sweepOnInterval(env.LOGIN_SWEEP_INTERVAL_MS, logger, async (signal) => {
    const session = await sessions.open();
    try {
      const ended = await endDisabledLogins(session.client, (ids) => scheduler.whichActive(ids, signal));
      if (ended > 0) logger.info({ ended }, 'logins of disabled accounts ended');
      await grantWhatWasMissed(session.client);
    } finally {
      await session.release();
    }
  });
}
