import type { Logger } from './logger.js';

/** A service that is up. */
export interface RunningService {
  /** Takes no new work, finishes what is in hand up to the service's own limit, and closes. Idempotent. */
  stop(): Promise<void>;
}

/** After this long a stop that hangs is given up and the process ends anyway. */
const stopTimeoutMs = 30_000;

/**
 * Runs one service as this process: starts it, waits for SIGTERM or SIGINT, stops it, exits 0.
 *
 * Crash policy: an error nobody handled leaves the process in an unknown state, so it is logged and the process
 * exits 1; whatever it held is redelivered to another. A start that fails is logged and exits 1 too.
 */
export async function runService(logger: Logger, start: () => Promise<RunningService>): Promise<void> {
  const crash = (message: string) => (error: unknown) => {
    logger.fatal({ err: error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', crash('uncaught exception'));
  process.on('unhandledRejection', crash('unhandled rejection'));

  let service: RunningService;
  try {
    service = await start();
  } catch (error) {
    logger.fatal({ err: error }, 'service could not start');
    process.exit(1);
  }
  logger.info('service started');

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'service stopping');
    setTimeout(() => {
      logger.error({ stopTimeoutMs }, 'service did not stop in time');
      process.exit(1);
    }, stopTimeoutMs).unref();
    service.stop().then(() => {
      logger.info('service stopped');
      process.exit(0);
    }, crash('service could not stop'));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
