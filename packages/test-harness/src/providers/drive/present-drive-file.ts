import { createHash } from 'node:crypto';
import { type DriveFile, type DriveStore, shortcutType } from './drive-store.js';

const formats: Record<string, string> = {
  'text/csv': 'csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

/** A file as Drive's API shows it: numbers are strings, and what exists in Drive only has no checksums. */
export function presentDriveFile(file: DriveFile, store: DriveStore, exportUrl: string): object {
  const { id, name, mimeType, version, parents, trashed, driveId, canDownload } = file;
  return {
    kind: 'drive#file',
    ...{ id, name, mimeType, version: String(version), parents, trashed, explicitlyTrashed: trashed },
    modifiedTime: file.modifiedTime.toISOString(),
    createdTime: file.createdTime.toISOString(),
    capabilities: { canDownload },
    owners: driveId === null ? [{ displayName: 'Ana', emailAddress: 'ana@example.org' }] : undefined,
    webViewLink: `https://drive.google.com/file/d/${id}/view`,
    ...(driveId === null ? {} : { driveId }),
    ...(file.content === null ? nativeParts(file, store, exportUrl) : blobParts(file, file.content)),
  };
}

function blobParts({ name, headRevisionId }: DriveFile, content: Buffer): object {
  const extension = /\.([^.]+)$/.exec(name)?.[1];
  return {
    size: String(content.length),
    md5Checksum: createHash('md5').update(content).digest('hex'),
    sha1Checksum: createHash('sha1').update(content).digest('hex'),
    sha256Checksum: createHash('sha256').update(content).digest('hex'),
    headRevisionId,
    ...(extension === undefined ? {} : { fileExtension: extension, fullFileExtension: extension }),
    originalFilename: name,
  };
}

function nativeParts(
  { id, mimeType, exports, targetId }: DriveFile,
  store: DriveStore,
  exportUrl: string,
): object {
  if (mimeType === shortcutType && targetId !== null) {
    return { shortcutDetails: { targetId, targetMimeType: store.find(targetId)?.mimeType } };
  }
  const links = Object.keys(exports).map((type) => {
    const query = new URLSearchParams({ id, exportFormat: formats[type] ?? '' });
    return [type, `${exportUrl}/spreadsheets/export?${query.toString()}`];
  });
  return links.length === 0 ? {} : { size: '1024', exportLinks: Object.fromEntries(links) as object };
}
