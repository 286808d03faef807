import type { FailureDirective, FailureSource, SyncErrorCode } from './sync-error-code.js';

/** What is known about one failure code. Texts are public: no host, URL, SQL or cell value. */
export interface CatalogueEntry {
  /** The integer that CARTO's clients know (`error_code` of a record). Several codes may share one. */
  readonly cartoCode: number;
  readonly directive: FailureDirective;
  readonly source: FailureSource;
  /** A few words, for a heading. */
  readonly title: string;
  /** What happened, as a full sentence. */
  readonly sentence: string;
  /** What to do next, as a full sentence. */
  readonly remedy: string;
}

/**
 * The error catalogue: what every code means to the customer and to the scheduler.
 * Exhaustive by type and without a default arm, so that a new code cannot be forgotten here.
 */
export const errorCatalogue = {
  'source-scheme-refused': {
    cartoCode: 1102,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Address not allowed',
    sentence: 'The URL, or an address it redirects to, is not an http or https address.',
    remedy: 'Use a source that is served over http or https.',
  },
  'source-host-unknown': {
    cartoCode: 1102,
    directive: 'retry-later',
    source: 'user',
    title: 'Unknown server',
    sentence: 'The name of the server could not be resolved.',
    remedy: 'Check the spelling of the URL; if it is right, the next refresh tries again.',
  },
  'source-address-refused': {
    cartoCode: 1102,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Private address',
    sentence: 'The URL, or an address it redirects to, leads into a private network.',
    remedy:
      'Publish the file at a public address, or ask the operator of this installation to allow that network.',
  },
  'source-unreachable': {
    cartoCode: 1001,
    directive: 'retry-later',
    source: 'external',
    title: 'Server unreachable',
    sentence: 'The connection to the server was refused or broke before an answer came.',
    remedy: 'Check that the server is running and reachable from the internet; the next refresh tries again.',
  },
  'source-tls-invalid': {
    cartoCode: 1001,
    directive: 'await-user-fix',
    source: 'external',
    title: 'Certificate not valid',
    sentence: 'The server did not present a valid TLS certificate.',
    remedy: 'Have the certificate of the server renewed or its chain completed.',
  },
  'source-timeout': {
    cartoCode: 1020,
    directive: 'retry-later',
    source: 'external',
    title: 'Download timed out',
    sentence: 'The server took too long to answer or to send the file.',
    remedy:
      'The next refresh tries again; if this stays, serve the file from a faster place or make it smaller.',
  },
  'source-not-found': {
    cartoCode: 1100,
    directive: 'await-user-fix',
    source: 'user',
    title: 'File not found',
    sentence: 'There is no file at this URL.',
    remedy: 'Put the file back, or create a synchronization with its new URL.',
  },
  'source-forbidden': {
    cartoCode: 1101,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Access denied',
    sentence: 'The server demands a login or denies access to the file.',
    remedy: 'Make the file readable for everyone who has its URL.',
  },
  'source-rate-limited': {
    cartoCode: 1001,
    directive: 'retry-later',
    source: 'external',
    title: 'Too many requests',
    sentence: 'The server limits how often files may be requested and refused this request.',
    remedy: 'The next refresh tries again; a longer interval makes this rarer.',
  },
  'source-server-error': {
    cartoCode: 1001,
    directive: 'retry-later',
    source: 'external',
    title: 'Server error',
    sentence: 'The server answered with an error of its own.',
    remedy: 'The next refresh tries again; if this stays, tell whoever runs the server.',
  },
  'source-http-error': {
    cartoCode: 1001,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Download refused',
    sentence: 'The server did not answer with a file.',
    remedy: 'Open the URL in a browser that is not logged in and check that it downloads the file.',
  },
  'source-redirects-too-many': {
    cartoCode: 1001,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Too many redirects',
    sentence: 'The URL redirects in a circle or too many times.',
    remedy: 'Use the address at which the file really is.',
  },
  'source-truncated': {
    cartoCode: 1103,
    directive: 'retry-later',
    source: 'external',
    title: 'Incomplete download',
    sentence: 'The connection ended before the whole file had arrived.',
    remedy: 'The next refresh tries again; if this stays, tell whoever runs the server.',
  },
  'file-too-large': {
    cartoCode: 6666,
    directive: 'await-user-fix',
    source: 'user',
    title: 'File too large',
    sentence: 'The file is larger than this installation accepts.',
    remedy: 'Split the file, or ask the operator to raise the limit.',
  },
  'file-empty': {
    cartoCode: 1005,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Empty file',
    sentence: 'The file has no content.',
    remedy: 'Check that the export which writes the file has finished and was not empty.',
  },
  'file-without-rows': {
    cartoCode: 1005,
    directive: 'await-user-fix',
    source: 'user',
    title: 'No rows',
    sentence: 'The file has a header but not a single row.',
    remedy: 'Check that the export which writes the file was not empty.',
  },
  'file-is-web-page': {
    cartoCode: 1002,
    directive: 'await-user-fix',
    source: 'user',
    title: 'A web page, not a file',
    sentence: 'The URL leads to a web page, such as a login or share page, and not to a data file.',
    remedy: 'Use the direct download address of the file.',
  },
  'file-type-unsupported': {
    cartoCode: 1002,
    directive: 'await-user-fix',
    source: 'user',
    title: 'File type not recognised',
    sentence: 'The content of the file is not in a format that can be read.',
    remedy: 'Export the data as CSV, GeoJSON, GeoPackage or XLSX.',
  },
  'file-unreadable': {
    cartoCode: 1002,
    directive: 'await-user-fix',
    source: 'user',
    title: 'File cannot be read',
    sentence: 'The file has a known format but is damaged or not complete.',
    remedy: 'Open it in the program that made it, and export it again.',
  },
  'crs-unknown': {
    cartoCode: 3008,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Unknown coordinate reference system',
    sentence:
      'The coordinate reference system of the file is missing or not known, so its places cannot be found.',
    remedy: 'Assign it a reference system with an EPSG number, such as EPSG:4326, and export it again.',
  },
  'csv-malformed': {
    cartoCode: 2003,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Malformed CSV',
    sentence: 'The file is not well-formed CSV.',
    remedy: 'Correct the line and check that values which contain the delimiter or quotes are quoted.',
  },
  'text-encoding-invalid': {
    cartoCode: 2006,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Encoding error',
    sentence: 'The file contains bytes that are not UTF-8 text.',
    remedy: 'Save the file as UTF-8.',
  },
  'columns-too-many': {
    cartoCode: 2004,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Too many columns',
    sentence: 'The file has more columns than a table can hold.',
    remedy: 'Leave out columns, or turn them into rows.',
  },
  'cartodb-id-invalid': {
    cartoCode: 2011,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Unusable cartodb_id',
    sentence: 'The column cartodb_id must hold a different whole number, zero or above, in every row.',
    remedy: 'Correct the values of that column, or rename or remove it.',
  },
  'rows-too-many': {
    cartoCode: 6668,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Too many rows',
    sentence: 'The file has more rows than this installation accepts.',
    remedy: 'Split the file, or ask the operator to raise the limit.',
  },
  'table-name-exhausted': {
    cartoCode: 1014,
    directive: 'give-up',
    source: 'user',
    title: 'No free table name',
    sentence: 'Too many tables with a similar name exist already.',
    remedy: 'Remove some of them, or give this synchronization a table_name of its own.',
  },
  'table-has-dependents': {
    cartoCode: 2013,
    directive: 'await-user-fix',
    source: 'user',
    title: 'Table cannot be replaced',
    sentence:
      'Something attached to the table does not fit its new content, so the table was left unchanged.',
    remedy: 'Remove it, or change it so that it fits the new rows and columns, then refresh.',
  },
  'table-busy': {
    cartoCode: 2013,
    directive: 'retry-later',
    source: 'user',
    title: 'Table in use',
    sentence: 'The table was in use for so long that it could not be replaced; it is unchanged.',
    remedy: 'Look for transactions that hold the table open; the next refresh tries again.',
  },
  'table-load-failed': {
    cartoCode: 2001,
    directive: 'await-user-fix',
    source: 'tidetable',
    title: 'Load error',
    sentence: 'The database refused the data of the file.',
    remedy: 'Tell the operator of this installation, whose logs have the reason.',
  },
  'run-timed-out': {
    cartoCode: 6667,
    directive: 'retry-later',
    source: 'tidetable',
    title: 'Refresh timed out',
    sentence: 'The refresh took longer than a refresh may take.',
    remedy: 'The next refresh tries again; if this stays, make the file smaller.',
  },
  'run-lost': {
    cartoCode: 6671,
    directive: 'retry-later',
    source: 'tidetable',
    title: 'Refresh interrupted',
    sentence: 'The refresh was interrupted on our side and did not end; the table is unchanged.',
    remedy: 'Nothing needs to be done: the next refresh tries again.',
  },
  internal: {
    cartoCode: 99999,
    directive: 'retry-later',
    source: 'tidetable',
    title: 'Internal error',
    sentence: 'Something went wrong on our side; the table is unchanged.',
    remedy: 'The next refresh tries again; if this stays, tell the operator of this installation.',
  },
} as const satisfies Record<SyncErrorCode, CatalogueEntry>;
