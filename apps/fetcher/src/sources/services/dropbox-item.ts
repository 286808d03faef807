import { SyncError } from '@tidetable/contracts';
import type { ServiceAccess } from '../../providers/ask-service.js';
import { revisionOf } from './revision.js';
import type { ServiceItem } from './service-files.js';

/** What Dropbox says of what is at a path; nothing is taken for granted. */
export interface DropboxEntry {
  '.tag'?: string;
  id?: string;
  name?: string;
  rev?: string;
  size?: number;
  server_modified?: string;
  content_hash?: string;
  is_downloadable?: boolean;
}

/** Asks a route of Dropbox's API. */
export type AskDropbox = (
  route: string,
  argument: unknown,
  access: ServiceAccess,
  signal: AbortSignal,
) => Promise<Record<string, unknown>>;

/** A file as it is synchronized. @throws SyncError when it cannot be, and why */
export function dropboxItem(entry: DropboxEntry): ServiceItem {
  const { rev, name = '', size, content_hash: hash } = entry;
  if (entry['.tag'] === 'deleted') throw new SyncError('item-trashed');
  if (entry['.tag'] === 'folder') throw new SyncError('item-not-downloadable', 'it is a folder');
  if (rev === undefined) throw new SyncError('item-not-found');
  if (entry.is_downloadable === false) {
    throw new SyncError('item-not-downloadable', 'it is a document that exists at Dropbox only');
  }
  return {
    ...{ id: rev, name, mediaType: null, etag: null },
    bytes: size ?? null,
    revision: revisionOf({ id: rev, hash }),
    proof: hash === undefined ? null : { algorithm: 'dropbox', digest: hash },
  };
}
