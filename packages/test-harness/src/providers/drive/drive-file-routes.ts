import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest, Refusal } from '../provider-request.js';
import { serveBytes } from '../serve-bytes.js';
import { driveBadRequest, driveError, driveFileNotFound } from './drive-errors.js';
import { selectFields } from './drive-fields.js';
import type { DriveFile, DriveStore } from './drive-store.js';
import { presentDriveFile } from './present-drive-file.js';

const exportBytesMax = 10 * 1024 * 1024;

/** `files.get`: what is known of a file, or its bytes with `alt=media`. */
export function answerDriveFile(
  request: ProviderRequest,
  id: string,
  store: DriveStore,
  exportUrl: string,
): ResponseScript {
  const { query } = request;
  allowParameters(query, ['alt', 'fields', 'supportsAllDrives', 'acknowledgeAbuse']);
  const file = findVisible(query, id, store);
  switch (query.get('alt') ?? 'json') {
    case 'json': {
      const fields = query.get('fields') ?? 'kind,id,name,mimeType';
      return json(selectFields(presentDriveFile(file, store, exportUrl), fields));
    }
    case 'media':
      return serveBytes(
        request,
        downloadable(file, query),
        { 'Content-Type': file.mimeType },
        driveError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable'),
      );
    default:
      throw driveBadRequest('Invalid value for alt');
  }
}

/** `files.export`: a spreadsheet of Google's own as a file, of ten megabytes at most. */
export function answerDriveExport({ query }: ProviderRequest, id: string, store: DriveStore): ResponseScript {
  allowParameters(query, ['mimeType', 'fields']);
  // This method has no parameter for shared drives, and needs none.
  const file = store.find(id);
  if (file === null) throw driveFileNotFound(id);
  if (file.content !== null) throw forbidden('fileNotExportable', 'Export only supports Docs Editors files.');
  checkDownloadable(file);
  const type = query.get('mimeType') ?? '';
  const bytes = file.exports[type];
  if (bytes === undefined) throw driveBadRequest('The requested conversion is not supported.');
  if (bytes.length > exportBytesMax) {
    throw forbidden('exportSizeLimitExceeded', 'This file is too large to be exported.');
  }
  return { headers: { 'Content-Type': type }, body: () => [bytes] };
}

function findVisible(query: URLSearchParams, id: string, store: DriveStore): DriveFile {
  const file = store.find(id);
  const isSupported = file?.driveId === null || query.get('supportsAllDrives') === 'true';
  if (file === null || !isSupported) throw driveFileNotFound(id);
  return file;
}

function downloadable(file: DriveFile, query: URLSearchParams): Buffer {
  if (file.content === null) {
    throw forbidden('fileNotDownloadable', 'Only files with binary content can be downloaded. Use Export.');
  }
  checkDownloadable(file);
  if (file.isAbusive && query.get('acknowledgeAbuse') !== 'true') {
    throw forbidden('cannotDownloadAbusiveFile', 'This file has been identified as malware or spam.');
  }
  return file.content;
}

function checkDownloadable({ canDownload }: DriveFile): void {
  if (!canDownload) throw forbidden('cannotDownloadFile', 'This file cannot be downloaded by the user.');
}

function forbidden(reason: string, message: string): Refusal {
  return new Refusal(driveError(403, reason, message));
}

/** @throws Refusal for a parameter that the method does not have */
export function allowParameters(query: URLSearchParams, names: readonly string[]): void {
  for (const name of query.keys()) {
    if (!names.includes(name)) throw driveBadRequest(`Invalid parameter ${name}`, 'invalidParameter');
    if (query.getAll(name).length > 1)
      throw driveBadRequest(`Repeated parameter ${name}`, 'invalidParameter');
  }
}
