import { fileURLToPath } from 'node:url';
import { openDirectoryStore } from './directory-store.js';
import { openObjectStore } from './object-store.js';
import type { StagedFileStore } from './staged-file-store.js';

/** For tests of what time does. */
export interface StoreOptions {
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

const objectStoreUrl = 'nats-object-store:';

/** Whether a text is the address of a staged-file store: `file:///directory` or `nats-object-store:`. */
export function isStagedFilesUrl(url: string): boolean {
  return url === objectStoreUrl || (url.startsWith('file:///') && URL.canParse(url));
}

/**
 * Opens the store that `url` names: a directory, which is made when it is missing, or the object store of the NATS
 * server at `natsUrl`, which is waited for.
 *
 * @throws TypeError when `url` has another form.
 */
export async function openStagedFileStore(
  url: string,
  natsUrl: string,
  { now = Date.now }: StoreOptions = {},
): Promise<StagedFileStore> {
  if (!isStagedFilesUrl(url))
    throw new TypeError('a staged-file store is file:///directory or nats-object-store:');
  return url === objectStoreUrl ? openObjectStore(natsUrl, now) : openDirectoryStore(fileURLToPath(url), now);
}
