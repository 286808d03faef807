/** How a failure is treated; decided in the catalogue, never by whoever throws. */
export type FailureDirective =
  /** Waiting may help: the source or the network is expected to recover by itself. */
  | 'retry-later'
  /** Nothing changes until the customer changes the source; it is still looked at on every interval. */
  | 'await-user-fix'
  /** Looking again is pointless until somebody asks for a run by hand. */
  | 'give-up';

/** Whom a failure is laid to, in the words of the import record (`get_error_text.source`). */
export type FailureSource = 'user' | 'external' | 'tidetable';

/** Every failure a customer can meet. Closed: a new code does not compile until the catalogue decides about it. */
export const syncErrorCodes = [
  'source-scheme-refused',
  'source-port-refused',
  'source-host-unknown',
  'source-address-refused',
  'source-unreachable',
  'source-tls-invalid',
  'source-timeout',
  'source-not-found',
  'source-forbidden',
  'source-rate-limited',
  'source-server-error',
  'source-http-error',
  'source-redirects-too-many',
  'source-truncated',
  'source-digest-mismatch',
  'source-changing',
  'source-host-busy',
  'source-login-page',
  'source-share-page',
  'source-scan-page',
  'source-limit-page',
  'source-robot-page',
  'source-error-page',
  'source-service-error',
  'source-layer-needed',
  'source-credentials-refused',
  'source-credentials-missing',
  'source-credentials-insecure',
  'connection-missing',
  'connection-refused',
  'connection-not-configured',
  'connection-forbidden-gdrive',
  'connection-forbidden-dropbox',
  'connection-forbidden-box',
  'item-not-found',
  'item-trashed',
  'item-forbidden',
  'item-not-downloadable',
  'file-too-large',
  'file-empty',
  'file-without-rows',
  'file-is-web-page',
  'file-type-unsupported',
  'file-unreadable',
  'kml-only-links',
  'crs-unknown',
  'shapefile-incomplete',
  'layer-unknown',
  'archive-encrypted',
  'archive-broken',
  'archive-without-table',
  'archive-too-large',
  'archive-unsafe',
  'member-unknown',
  'csv-malformed',
  'rows-rejected',
  'json-malformed',
  'text-encoding-invalid',
  'columns-too-many',
  'cartodb-id-invalid',
  'rows-too-many',
  'storage-exceeded',
  'geometry-too-large',
  'layers-too-many',
  'table-name-exhausted',
  'table-has-dependents',
  'table-busy',
  'table-load-failed',
  'run-timed-out',
  'run-lost',
  'run-cancelled',
  'internal',
] as const;

export type SyncErrorCode = (typeof syncErrorCodes)[number];
