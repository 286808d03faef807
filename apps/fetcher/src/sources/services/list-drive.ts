import type { ListServiceFilesV1Request, ServiceFile } from '@tidetable/contracts';
import type { ListedFiles } from '../../connections/connections.js';
import type { ServiceAccess } from '../../providers/ask-service.js';
import { type DriveFile, sheetType, workbookType } from './drive-item.js';
import { type FileFilter, isOfKind } from './file-kinds.js';
import { revisionOf } from './revision.js';
import type { AskObject } from './service-files.js';

/** What Drive calls files of each kind, where their names do not say it. */
const kindTypes: Record<Exclude<FileFilter, 'all'>, readonly string[]> = {
  csv: ['text/csv', 'text/tab-separated-values', 'text/comma-separated-values'],
  xls: [
    'application/vnd.ms-excel',
    workbookType,
    sheetType,
    'application/vnd.oasis.opendocument.spreadsheet',
  ],
  gpx: ['application/gpx+xml', 'application/gpx'],
  kml: ['application/vnd.google-earth.kml+xml', 'application/vnd.google-earth.kmz'],
  zip: ['application/zip', 'application/x-zip-compressed', 'application/gzip', 'application/x-gzip'],
  json: ['application/json', 'application/geo+json', 'application/vnd.geo+json'],
};
/** What files of any kind may be called by those who uploaded them. */
const vagueTypes = ['text/plain', 'text/xml', 'application/xml', 'application/octet-stream'];

const pageFiles = 100;
/** So many pages are gone through for one that has a file on it. */
const emptyPagesMax = 10;

/** A page of the files that the account can see, also in shared drives. */
export async function listDrive(
  { filters, query, page }: ListServiceFilesV1Request,
  ask: AskObject,
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<ListedFiles> {
  let nextPage = page;
  for (let empty = 0; ; empty += 1) {
    const parameters = new URLSearchParams({
      q: driveQuery(filters, query),
      fields:
        'nextPageToken,files(id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,modifiedTime)',
      pageSize: String(pageFiles),
      orderBy: 'modifiedTime desc',
      corpora: 'allDrives',
      includeItemsFromAllDrives: 'true',
      supportsAllDrives: 'true',
      ...(nextPage === null ? {} : { pageToken: nextPage }),
    });
    const answer = await ask(`files?${parameters.toString()}`, access, signal);
    const found = Array.isArray(answer['files']) ? (answer['files'] as DriveFile[]) : [];
    const files = found.filter((file) => isDriveFileOfKind(file, filters)).flatMap(fileOf);
    nextPage = typeof answer['nextPageToken'] === 'string' ? answer['nextPageToken'] : null;
    if (files.length > 0 || nextPage === null || empty === emptyPagesMax) return { files, nextPage };
  }
}

/** What is asked of Drive; more may come than is wanted. */
export function driveQuery(filters: readonly FileFilter[], words: string | null): string {
  const types = [...typesFor(filters), ...vagueTypes].map((type) => `mimeType = '${type}'`);
  const named = words === null ? '' : ` and name contains '${words.replace(/[\\']/g, '\\$&')}'`;
  return `trashed = false and (${types.join(' or ')})${named}`;
}

/** The end of a name says what a file is; where it does not, Drive's type for it does. */
export function isDriveFileOfKind(
  { name = '', mimeType = '' }: DriveFile,
  filters: readonly FileFilter[],
): boolean {
  const byName = mimeType === sheetType ? null : isOfKind(name, filters);
  return byName ?? typesFor(filters).includes(mimeType);
}

function typesFor(filters: readonly FileFilter[]): string[] {
  if (filters.includes('all')) return Object.values(kindTypes).flat();
  return filters.flatMap((filter) => (filter === 'all' ? [] : kindTypes[filter]));
}

function fileOf({ id, name = '', size, modifiedTime, ...file }: DriveFile): ServiceFile[] {
  if (id === undefined) return [];
  const hash = file.sha256Checksum ?? file.md5Checksum;
  const revision = revisionOf({ id: file.headRevisionId, hash });
  // Of spreadsheets Drive tells a length that is not that of what they are exported as.
  const bytes = size === undefined || file.mimeType === sheetType ? null : Number(size);
  return [{ id, name, bytes, revision, modifiedAt: modifiedTime ?? null }];
}
