import type { ListServiceFilesV1Request, ServiceFile } from '@tidetable/contracts';
import type { ListedFiles } from '../../connections/connections.js';
import type { ServiceAccess } from '../../providers/ask-service.js';
import type { AskDropbox, DropboxEntry } from './dropbox-item.js';
import { extensionsFor, isOfKind } from './file-kinds.js';
import { revisionOf } from './revision.js';

const pageFiles = 100;

/** Where a listing goes on: which of its searches is on, and where that one is; `''` at its beginning. */
interface Place {
  readonly search: number;
  readonly cursor: string;
}

/**
 * A page of the account's files. Dropbox finds files by what is in their names and knows no query for all of them, so
 * without words there is a search for each extension, one after the other.
 */
export async function listDropbox(
  { filters, query, page }: ListServiceFilesV1Request,
  ask: AskDropbox,
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<ListedFiles> {
  const extensions = extensionsFor(filters);
  const searches =
    query === null
      ? extensions.map((each) => ({ words: `.${each}`, extensions: [each] }))
      : [{ words: query, extensions }];
  for (let place: Place | null = placeOf(page); ;) {
    const { search, cursor }: Place = place;
    const wanted = searches[search];
    if (wanted === undefined) return { files: [], nextPage: null };
    const answer =
      cursor === ''
        ? await ask('files/search_v2', searchFor(wanted.words, wanted.extensions), access, signal)
        : await ask('files/search/continue_v2', { cursor }, access, signal);
    const files = filesOf(answer).filter(({ name }) => isOfKind(name, filters) === true);
    place = placeAfter(answer, search, searches.length);
    if (files.length > 0 || place === null) {
      return { files, nextPage: place === null ? null : `${place.search}:${place.cursor}` };
    }
  }
}

function placeOf(page: string | null): Place {
  const [, search = '0', cursor = ''] = /^(\d{1,3}):(.*)$/s.exec(page ?? '') ?? [];
  return { search: Number(search), cursor };
}

function placeAfter(answer: Record<string, unknown>, search: number, searches: number): Place | null {
  const { has_more: hasMore, cursor } = answer;
  if (hasMore === true && typeof cursor === 'string' && cursor !== '') return { search, cursor };
  return search + 1 < searches ? { search: search + 1, cursor: '' } : null;
}

function searchFor(words: string, extensions: readonly string[]): object {
  return {
    query: words,
    options: {
      ...{ path: '', max_results: pageFiles, file_status: 'active', filename_only: true },
      file_extensions: extensions,
      order_by: { '.tag': 'last_modified_time' },
    },
  };
}

/** Each file once, though Dropbox may find it twice. */
function filesOf({ matches }: Record<string, unknown>): ServiceFile[] {
  const found = Array.isArray(matches) ? (matches as { metadata?: { metadata?: DropboxEntry } }[]) : [];
  const files = new Map<string, ServiceFile>();
  for (const { metadata } of found) {
    const {
      id,
      name = '',
      rev,
      size,
      content_hash: hash,
      server_modified: modifiedAt,
      ...entry
    } = metadata?.metadata ?? {};
    if (entry['.tag'] !== 'file' || id === undefined || entry.is_downloadable === false) continue;
    const revision = revisionOf({ id: rev, hash });
    files.set(id, { id, name, bytes: size ?? null, revision, modifiedAt: modifiedAt ?? null });
  }
  return [...files.values()];
}
