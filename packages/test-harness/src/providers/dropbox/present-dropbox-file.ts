import { contentHash } from './content-hash.js';
import type { DropboxFile } from './dropbox-store.js';

/** A file as Dropbox's API shows it: whole seconds, and no hash of what can't be downloaded. */
export function presentDropboxFile(file: DropboxFile): object {
  const { id, path, content, rev, isDownloadable } = file;
  const name = path.split('/').at(-1) ?? '';
  const place = { name, path_lower: path.toLowerCase(), path_display: path };
  if (file.isDeleted) return { '.tag': 'deleted', ...place };
  const modified = file.modified.toISOString().replace('.000Z', 'Z');
  return {
    '.tag': 'file',
    ...{ ...place, id, client_modified: modified, server_modified: modified, rev, size: content.length },
    is_downloadable: isDownloadable,
    ...(isDownloadable
      ? { content_hash: contentHash(content) }
      : { export_info: { export_as: 'xlsx', export_options: ['xlsx', 'csv'] } }),
  };
}

/** JSON for a header, in ASCII only. */
export function headerJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
