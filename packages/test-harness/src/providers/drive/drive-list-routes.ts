import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest } from '../provider-request.js';
import { driveBadRequest } from './drive-errors.js';
import { selectFields } from './drive-fields.js';
import { allowParameters } from './drive-file-routes.js';
import { parseDriveQuery } from './drive-query.js';
import type { DriveFile, DriveStore } from './drive-store.js';
import { presentDriveFile } from './present-drive-file.js';

const listParameters = [
  ...['q', 'fields', 'pageSize', 'orderBy', 'pageToken', 'corpora', 'driveId', 'spaces'],
  ...['includeItemsFromAllDrives', 'supportsAllDrives'],
];
const pagePrefix = '~!!~';

/** `files.list`: what fits the query, page by page. A page token is good for the query that it came from only. */
export function listDriveFiles(
  { query }: ProviderRequest,
  store: DriveStore,
  exportUrl: string,
): ResponseScript {
  allowParameters(query, listParameters);
  const fits = parseDriveQuery(query.get('q') ?? 'trashed = false');
  const files = store.all().filter((file) => fits(file) && isInCorpora(file, query));
  sort(files, query.get('orderBy'));
  const size = pageSize(query);
  const from = offsetOf(query);
  const next = from + size < files.length ? { nextPageToken: pageToken(query, from + size) } : {};
  const page = {
    ...{ kind: 'drive#fileList', incompleteSearch: false, ...next },
    files: files.slice(from, from + size).map((file) => presentDriveFile(file, store, exportUrl)),
  };
  const fields = query.get('fields') ?? 'kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)';
  return json(selectFields(page, fields));
}

function isInCorpora({ driveId }: DriveFile, query: URLSearchParams): boolean {
  const hasAll =
    query.get('includeItemsFromAllDrives') === 'true' && query.get('supportsAllDrives') === 'true';
  switch (query.get('corpora') ?? 'user') {
    case 'user':
      return driveId === null;
    case 'allDrives':
      if (!hasAll) throw driveBadRequest('allDrives needs includeItemsFromAllDrives and supportsAllDrives');
      return true;
    case 'drive':
      if (!hasAll || !query.has('driveId')) throw driveBadRequest('drive needs driveId');
      return driveId === query.get('driveId');
    default:
      throw driveBadRequest('Invalid value for corpora');
  }
}

function sort(files: DriveFile[], orderBy: string | null): void {
  switch (orderBy) {
    case null:
      return;
    case 'modifiedTime desc':
      files.sort((one, other) => other.modifiedTime.getTime() - one.modifiedTime.getTime());
      return;
    case 'name':
      files.sort((one, other) => (one.name < other.name ? -1 : 1));
      return;
    default:
      throw driveBadRequest('Invalid value for orderBy');
  }
}

function pageSize(query: URLSearchParams): number {
  const size = Number(query.get('pageSize') ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 1_000)
    throw driveBadRequest('Invalid value for pageSize');
  return size;
}

function pageToken(query: URLSearchParams, offset: number): string {
  return pagePrefix + Buffer.from(JSON.stringify({ q: query.get('q'), offset })).toString('base64url');
}

function offsetOf(query: URLSearchParams): number {
  const token = query.get('pageToken');
  if (token === null) return 0;
  try {
    const text = Buffer.from(token.slice(pagePrefix.length), 'base64url').toString();
    const { q, offset } = JSON.parse(text) as { q: string | null; offset: number };
    if (token.startsWith(pagePrefix) && q === query.get('q')) return offset;
  } catch {
    // Not one of ours; told below.
  }
  throw driveBadRequest('Invalid Value for pageToken', 'invalid');
}
