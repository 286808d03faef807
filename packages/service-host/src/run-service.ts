import type { Logger } from './logger.js';

/** A service that is up. */
export interface RunningService {
  /** Takes no new work, finishes what is in hand up to the service's own limit, and closes. Idempotent. */
  stop(): Promise<void>;
}

export interface RunOptions {
  /** After this long a stop that hangs is given up and the process ends anyway, in milliseconds. @default 30000 */
  stopTimeoutMs?: number;
  /** Called when the service has stopped, before the process ends. @default nothing */
  afterStop?: () => Promise<void>;
}

/**
 * Runs one service as this process: starts it, waits for SIGTERM or SIGINT, stops it, exits 0. Further signals change
 * nothing. A signal that comes while the service still starts ends the process at once: whatever it may hold already
 * is redelivered to another.
 *
 * Crash policy: an error nobody handled leaves the process in an unknown state, so it is logged and the process
 * exits 1; the same when the service cannot start, or does not stop in time.
 */
export async function runService(
  logger: Logger,
  start: () => Promise<RunningService>,
  { stopTimeoutMs = 30_000, afterStop }: RunOptions = {},
): Promise<void> {
  const crash = (message: string) => (error: unknown) => {
    logger.fatal({ err: error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', crash('uncaught exception'));
  process.on('unhandledRejection', crash('unhandled rejection'));

  let service: RunningService | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    if (service === undefined) {
      logger.info({ signal }, 'service stopped while it started');
      process.exit(0);
    }
    logger.info({ signal }, 'service stopping');
    setTimeout(() => {
      logger.error({ stopTimeoutMs }, 'service did not stop in time');
      process.exit(1);
    }, stopTimeoutMs);
    service
      .stop()
      .then(() => afterStop?.())
      .then(() => {
        logger.info('service stopped');
        process.exit(0);
      }, crash('service could not stop'));
  };
  // Installed first: as the first process of a container this one would otherwise ignore both.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  try {
    service = await start();
    logger.info('service started');
  } catch (error) {
    crash('service could not start')(error);
  }
}
