import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest, Refusal } from '../provider-request.js';
import { dropboxBadRequest, dropboxError, dropboxPathError } from './dropbox-errors.js';
import { argumentOf } from './dropbox-file-routes.js';
import type { DropboxFile, DropboxStore } from './dropbox-store.js';
import { presentDropboxFile } from './present-dropbox-file.js';

/** Pages are shorter than what was asked for, as Dropbox's may be: only `has_more` says whether there are others. */
const entriesMax = 2_000;
const matchesMax = 1_000;

/** What goes on from page to page: a list of files that was made when it began. */
interface Listing {
  readonly kind: 'list' | 'search';
  readonly ids: readonly string[];
  readonly size: number;
  readonly from: number;
  /** How much had happened when the listing began. */
  readonly seen: number;
}

/** Listing and search, with cursors. */
export class DropboxListings {
  constructor(private readonly store: DropboxStore) {}

  /** `files/list_folder`. */
  list(request: ProviderRequest): ResponseScript {
    const route = 'files/list_folder';
    const argument = argumentOf(request, route, [
      ...['path', 'recursive', 'limit', 'include_non_downloadable_files', 'include_deleted'],
    ]);
    const { path, recursive = false } = argument;
    if (typeof path !== 'string' || path === '/')
      throw badArgument(route, 'Specify the root folder as an empty string');
    const size = sizeOf(argument['limit'], entriesMax, route, 'limit');
    const files = this.store
      .all()
      .filter((file) => !file.isDeleted && isBelow(file, path, recursive === true));
    if (path !== '' && files.length === 0) throw dropboxPathError('not_found');
    return this.listed({ kind: 'list', ids: idsOf(files), size, from: 0, seen: this.store.events.length });
  }

  /** `files/list_folder/continue`: the next page; after the last, what has happened since. */
  continueList(request: ProviderRequest): ResponseScript {
    const listing = this.cursorOf(request, 'files/list_folder/continue', 'list');
    if (listing.from < listing.ids.length) return this.listed(listing);
    const ids = [...new Set(this.store.events.slice(listing.seen))];
    return this.listed({ ...listing, ids, from: 0, seen: this.store.events.length });
  }

  /** `files/list_folder/get_latest_cursor`: a cursor behind everything there is. */
  latest(request: ProviderRequest): ResponseScript {
    argumentOf(request, 'files/list_folder/get_latest_cursor', [
      'path',
      'recursive',
      'include_non_downloadable_files',
    ]);
    const seen = this.store.events.length;
    return json({ cursor: encode({ kind: 'list', ids: [], size: entriesMax, from: 0, seen }) });
  }

  /** `files/search_v2`. */
  search(request: ProviderRequest): ResponseScript {
    const route = 'files/search_v2';
    const { query, options = {} } = argumentOf(request, route, ['query', 'options', 'match_field_options']);
    if (typeof query !== 'string' || query === '' || query.length > 1_000)
      throw badArgument(route, 'query: expected');
    const { file_extensions: extensions, max_results: max, path } = options as Record<string, unknown>;
    const wanted = (extensions as string[] | undefined)?.map((each) => each.toLowerCase());
    const files = this.store.all().filter((file) => {
      const name = file.path.split('/').at(-1)?.toLowerCase() ?? '';
      const extension = /\.([^.]+)$/.exec(name)?.[1] ?? '';
      const isThere = !file.isDeleted && isBelow(file, typeof path === 'string' ? path : '', true);
      return isThere && name.includes(query.toLowerCase()) && (wanted?.includes(extension) ?? true);
    });
    const size = sizeOf(max ?? 100, matchesMax, route, 'max_results');
    return this.found({ kind: 'search', ids: idsOf(files), size, from: 0, seen: 0 });
  }

  /** `files/search/continue_v2`. */
  continueSearch(request: ProviderRequest): ResponseScript {
    return this.found(this.cursorOf(request, 'files/search/continue_v2', 'search'));
  }

  private listed(listing: Listing): ResponseScript {
    const { files, next, hasMore } = this.page(listing);
    return json({ entries: files.map(presentDropboxFile), cursor: encode(next), has_more: hasMore });
  }

  private found(listing: Listing): ResponseScript {
    const { files, next, hasMore } = this.page(listing);
    const matches = files.map((file) => ({
      match_type: { '.tag': 'filename' },
      metadata: { '.tag': 'metadata', metadata: presentDropboxFile(file) },
    }));
    return json({ matches, has_more: hasMore, ...(hasMore ? { cursor: encode(next) } : {}) });
  }

  private page(listing: Listing): { files: DropboxFile[]; next: Listing; hasMore: boolean } {
    const until = listing.from + listing.size;
    const files = listing.ids.slice(listing.from, until).flatMap((id) => this.store.find(id) ?? []);
    return { files, next: { ...listing, from: until }, hasMore: until < listing.ids.length };
  }

  private cursorOf(request: ProviderRequest, route: string, kind: Listing['kind']): Listing {
    const { cursor } = argumentOf(request, route, ['cursor']);
    try {
      const listing = JSON.parse(Buffer.from(String(cursor), 'base64url').toString()) as Listing;
      if (listing.kind === kind) return listing;
    } catch {
      // Not one of ours; told below.
    }
    throw new Refusal(dropboxError(409, { '.tag': 'reset' }));
  }
}

function isBelow({ path }: DropboxFile, folder: string, isRecursive: boolean): boolean {
  const below = path.toLowerCase().startsWith(`${folder.toLowerCase()}/`);
  return below && (isRecursive || !path.slice(folder.length + 1).includes('/'));
}

function sizeOf(value: unknown, max: number, route: string, name: string): number {
  const size = value ?? max;
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= max) return size;
  throw badArgument(route, `${name}: ${String(value)} is not within range`);
}

function badArgument(route: string, message: string): Refusal {
  return new Refusal(dropboxBadRequest(route, message));
}

function idsOf(files: readonly DropboxFile[]): string[] {
  return files.map(({ id }) => id);
}

function encode(listing: Listing): string {
  return Buffer.from(JSON.stringify(listing)).toString('base64url');
}
