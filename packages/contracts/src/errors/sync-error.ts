import type { SyncErrorCode } from './sync-error-code.js';

/**
 * The one error that ends a run: the source's or the file's fault, told to the customer.
 * Everything else that is thrown counts as our fault and leads to redelivery.
 *
 * `detail` is public. It says where: a line, a column, an object, a limit, an HTTP status; never a cell's
 * value, a host, a URL or SQL. What only an engineer may read belongs in `cause`.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';

  constructor(
    readonly code: SyncErrorCode,
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
  }
}
