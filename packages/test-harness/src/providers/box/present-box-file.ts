import { createHash } from 'node:crypto';
import type { BoxFile } from './box-store.js';

/** A file as Box's API shows it whole. */
export function presentBoxFile(file: BoxFile): Record<string, unknown> {
  const { id, name, content, etag, versionId, parentId, isTrashed, canDownload } = file;
  const sha1 = createHash('sha1').update(content).digest('hex');
  const modifiedAt = boxTime(file.modifiedAt);
  return {
    ...{ type: 'file', id, etag: String(etag), sequence_id: String(etag), name, sha1 },
    file_version: { type: 'file_version', id: versionId, sha1 },
    ...{
      size: content.length,
      created_at: modifiedAt,
      modified_at: modifiedAt,
      content_modified_at: modifiedAt,
    },
    ...{ trashed_at: isTrashed ? modifiedAt : null, item_status: isTrashed ? 'trashed' : 'active' },
    ...{ extension: /\.([^.]+)$/.exec(name)?.[1] ?? '', permissions: { can_download: canDownload } },
    ...{
      shared_link: null,
      parent: { type: 'folder', id: parentId, name: parentId === '0' ? 'All Files' : 'Data' },
    },
  };
}

/** Box's times have an offset, and whole seconds. */
export function boxTime(time: Date): string {
  return `${new Date(time.getTime() - 8 * 3_600_000).toISOString().slice(0, 19)}-08:00`;
}
