import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own messages through the service's logger: its start-up chatter at debug, trouble at its level. */
export function nestLogger(logger: Logger): LoggerService {
  const through =
    (level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      if (typeof message === 'string') logger[level]({ context, text: message }, 'framework message');
      else logger[level]({ context, err: message }, 'framework error');
    };
  return {
    log: through('debug'),
    debug: through('debug'),
    verbose: through('trace'),
    warn: through('warn'),
    error: through('error'),
    fatal: through('fatal'),
  };
}
