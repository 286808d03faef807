import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own messages through the service's logger: its start-up chatter at debug, trouble at its level. */
export function nestLogger(logger: Logger): LoggerService {
  const fields = (rest: unknown[]): { context: unknown } => ({ context: rest.at(-1) });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(fields(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(fields(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(fields(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(fields(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(fields(rest), String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(fields(rest), String(message)),
  };
}
