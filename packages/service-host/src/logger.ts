import { type DestinationStream, type Logger, pino } from 'pino';
import { serializeError } from './serialize-error.js';

export type { Logger } from 'pino';

/** The levels a service can be asked to log at, from quiet to talkative. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * A structured logger that writes one JSON object a line, to standard output unless told otherwise.
 * Messages are constant and lower-case; what varies is a field. Errors go into the field `err` and are logged with
 * their causes and where they happened, for operators, but never with a cell's value, a token or a URL's query.
 */
export function createLogger(
  service: string,
  level: (typeof logLevels)[number],
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: {
        paths: ['apiKey', 'api_key', 'authorization', '*.apiKey', '*.api_key', '*.authorization'],
        remove: true,
      },
    },
    destination,
  );
}
