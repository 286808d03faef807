import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** The levels a service can be asked to log at, from quiet to talkative. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * A structured logger that writes one JSON object a line to standard output.
 * Messages are constant and lower-case; what varies is a field. Errors are logged with their stack and causes,
 * which is for operators: they never hold a cell's value, a token or a URL's query.
 */
export function createLogger(service: string, level: (typeof logLevels)[number]): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['*.apiKey', '*.api_key', '*.authorization', 'err.config', 'err.request', 'err.response'], remove: true },
  });
}
