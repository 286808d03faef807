import type { ListServiceFilesV1Request, ServiceFile } from '@tidetable/contracts';
import type { ListedFiles } from '../../connections/connections.js';
import type { ServiceAccess } from '../../providers/ask-service.js';
import type { BoxFile } from './box-item.js';
import { extensionsFor } from './file-kinds.js';
import { revisionOf } from './revision.js';
import type { AskObject } from './service-files.js';

const pageFiles = 200;
/** Box refuses to go further. */
const offsetMax = 10_000;

/** A page of the account's files. A query is demanded; without words it is for the extensions, which names have in them. */
export async function listBox(
  { filters, query, page }: ListServiceFilesV1Request,
  ask: AskObject,
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<ListedFiles> {
  const offset = offsetOf(page);
  const extensions = extensionsFor(filters);
  const parameters = new URLSearchParams({
    query: boxQuery(query) ?? extensions.join(' OR '),
    type: 'file',
    file_extensions: extensions.join(','),
    content_types: 'name',
    sort: 'modified_at',
    direction: 'DESC',
    limit: String(pageFiles),
    offset: String(offset),
    fields: 'name,sha1,size,modified_at,file_version',
  });
  const { entries, total_count: total } = await ask(`search?${parameters.toString()}`, access, signal);
  const next = offset + pageFiles;
  const isLast = next >= Math.min(Number(total ?? 0), offsetMax);
  const found = Array.isArray(entries) ? (entries as BoxFile[]) : [];
  return { files: found.flatMap(fileOf), nextPage: isLast ? null : String(next) };
}

/** The customer's words, all of which are wanted; without Box's operators. `null` when there is no word. */
export function boxQuery(query: string | null): string | null {
  const words = (query?.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !/^(AND|OR|NOT)$/.test(word));
  return words.length === 0 ? null : words.join(' AND ');
}

/** Pages begin at multiples of their length. */
function offsetOf(page: string | null): number {
  const offset = /^\d{1,5}$/.test(page ?? '') ? Number(page) : 0;
  return Math.min(offset - (offset % pageFiles), offsetMax - pageFiles);
}

function fileOf({
  type,
  id,
  name = '',
  size,
  sha1,
  file_version: version,
  modified_at: modifiedAt,
}: BoxFile): ServiceFile[] {
  if (type !== 'file' || id === undefined) return [];
  const revision = revisionOf({ id: version?.id, hash: sha1 });
  return [{ id, name, bytes: size ?? null, revision, modifiedAt: modifiedAt ?? null }];
}
