import type { SyncErrorCode } from './sync-error-code.js';

/** What else is known of a failure. */
export interface SyncErrorOptions extends ErrorOptions {
  /** For how long the source asked to be left alone, in whole seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * The one error that ends a run: the source's or the file's fault, told to the customer.
 * Everything else that is thrown counts as our fault and leads to redelivery.
 *
 * `detail` is public. It says where: a line, a column, an object, a limit, an HTTP status; never a cell's
 * value, a host, a URL or SQL. What only an engineer may read belongs in `cause`.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: SyncErrorCode,
    readonly detail?: string,
    options: SyncErrorOptions = {},
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
