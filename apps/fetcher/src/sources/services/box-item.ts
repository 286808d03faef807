import { SyncError } from '@tidetable/contracts';
import { revisionOf } from './revision.js';
import type { ServiceItem } from './service-files.js';

/** What Box says of a file; nothing is taken for granted. */
export interface BoxFile {
  type?: string;
  id?: string;
  etag?: string;
  name?: string;
  sha1?: string;
  size?: number;
  item_status?: string;
  modified_at?: string;
  file_version?: { id?: string };
  permissions?: { can_download?: boolean };
}

/** A file as it is synchronized. @throws SyncError when it cannot be, and why */
export function boxItem(file: BoxFile): ServiceItem {
  const { id, name = '', etag, sha1, size, file_version: version } = file;
  if (id === undefined) throw new SyncError('item-not-found');
  if (file.item_status !== undefined && file.item_status !== 'active') throw new SyncError('item-trashed');
  if (file.permissions?.can_download === false) {
    throw new SyncError('item-forbidden', 'downloading is switched off for this file');
  }
  return {
    ...{ id, name, mediaType: null, etag: etag ?? null },
    bytes: size ?? null,
    revision: revisionOf({ id: version?.id, hash: sha1 }),
    proof: sha1 === undefined ? null : { algorithm: 'sha1', digest: sha1 },
  };
}
