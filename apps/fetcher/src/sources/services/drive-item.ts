import { SyncError } from '@tidetable/contracts';
import type { ContentProof } from './content-proof.js';
import { revisionOf } from './revision.js';
import type { ServiceItem } from './service-files.js';

/** What Drive says of a file; nothing is taken for granted. Numbers come as text. */
export interface DriveFile {
  id?: string;
  name?: string;
  mimeType?: string;
  size?: string;
  md5Checksum?: string;
  sha256Checksum?: string;
  headRevisionId?: string;
  modifiedTime?: string;
  trashed?: boolean;
  exportLinks?: Record<string, string>;
  shortcutDetails?: { targetId?: string; targetResourceKey?: string };
  capabilities?: { canDownload?: boolean };
}

const nativePrefix = 'application/vnd.google-apps.';
/** A spreadsheet of Google's own. */
export const sheetType = `${nativePrefix}spreadsheet`;
export const shortcutType = `${nativePrefix}shortcut`;
export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What has to be asked for to make an item of a file. */
export const driveItemFields =
  'id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,modifiedTime,trashed,exportLinks,' +
  'shortcutDetails,capabilities(canDownload)';

/** A file as it is synchronized. @throws SyncError when it cannot be, and why */
export function driveItem(file: DriveFile): ServiceItem {
  const { id, name = '', mimeType = '', trashed, capabilities } = file;
  if (id === undefined) throw new SyncError('item-not-found');
  if (trashed === true) throw new SyncError('item-trashed');
  if (mimeType.startsWith(nativePrefix) && mimeType !== sheetType) {
    throw new SyncError('item-not-downloadable', 'it is a document of Google that is no spreadsheet');
  }
  if (capabilities?.canDownload === false) {
    throw new SyncError('item-forbidden', 'downloading is switched off for this file');
  }
  const common = { id, etag: null };
  if (mimeType === sheetType) {
    // No field tells its content apart, and none proves it: only the exported bytes do.
    const unknown = { bytes: null, revision: null, proof: null };
    return { ...common, ...unknown, name: `${name}.xlsx`, mediaType: workbookType };
  }
  const hash = file.sha256Checksum ?? file.md5Checksum;
  return {
    ...{ ...common, name, mediaType: mimeType === '' ? null : mimeType },
    bytes: file.size === undefined ? null : Number(file.size),
    revision: revisionOf({ id: file.headRevisionId, hash }),
    proof: proofOf(file),
  };
}

/** Where a spreadsheet is exported from as a workbook, without the limit that the API's own export has. */
export function exportLinkOf({ mimeType, exportLinks }: DriveFile): string | null {
  return mimeType === sheetType ? (exportLinks?.[workbookType] ?? null) : null;
}

function proofOf({ sha256Checksum, md5Checksum }: DriveFile): ContentProof | null {
  if (sha256Checksum !== undefined) return { algorithm: 'sha256', digest: sha256Checksum };
  return md5Checksum === undefined ? null : { algorithm: 'md5', digest: md5Checksum };
}
