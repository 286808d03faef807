import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest, Refusal } from '../provider-request.js';
import { boxError } from './box-errors.js';
import { selectBoxFields } from './box-fields.js';
import { allowBoxParameters } from './box-file-routes.js';
import type { BoxFile, BoxStore } from './box-store.js';
import { presentBoxFile } from './present-box-file.js';

const searchParameters = [
  ...['query', 'type', 'file_extensions', 'content_types', 'ancestor_folder_ids', 'sort', 'direction'],
  ...['limit', 'offset', 'fields'],
];

/** Search: by words of the name, any of them unless AND joins them; a query without any word finds nothing. */
export function searchBox({ query }: ProviderRequest, store: BoxStore): ResponseScript {
  allowBoxParameters(query, searchParameters);
  const words = query.get('query');
  if (words === null || words === '') throw badRequest('query is required');
  const limit = numberOf(query, 'limit', 30, 200);
  const offset = numberOf(query, 'offset', 0, 10_000);
  if (limit === 0 || offset % limit !== 0) throw badRequest('offset has to be a multiple of limit');
  const extensions = query.get('file_extensions')?.toLowerCase().split(',');
  const found = store.all().filter((file) => {
    const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
    return !file.isTrashed && hasWords(file.name, words) && (extensions?.includes(extension) ?? true);
  });
  return json({
    ...{ total_count: found.length, limit, offset, type: 'search_results_items' },
    entries: found.slice(offset, offset + limit).map((file) => entry(file, query)),
  });
}

/** The items of a folder, by markers. */
export function listBoxFolder({ query }: ProviderRequest, id: string, store: BoxStore): ResponseScript {
  allowBoxParameters(query, ['fields', 'usemarker', 'limit', 'marker', 'offset']);
  const limit = numberOf(query, 'limit', 100, 1_000);
  const isByMarker = query.get('usemarker') === 'true';
  const from = isByMarker ? Number(query.get('marker') ?? 0) : numberOf(query, 'offset', 0, 9_999);
  const files = store.all().filter((file) => file.parentId === id && !file.isTrashed);
  const entries = files.slice(from, from + limit).map((file) => entry(file, query));
  const next = from + limit < files.length ? { next_marker: String(from + limit) } : { next_marker: '' };
  return json({ entries, limit, ...(isByMarker ? next : { offset: from, total_count: files.length }) });
}

function entry(file: BoxFile, query: URLSearchParams): object {
  return selectBoxFields(presentBoxFile(file), query.get('fields'));
}

function hasWords(name: string, query: string): boolean {
  const inName = wordsOf(name);
  const has = (word: string): boolean => inName.some((each) => each.startsWith(word));
  return query.split(' OR ').some((alternative) => {
    const terms = alternative.split(' AND ').map(wordsOf);
    return terms.every((words) => words.some(has));
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function numberOf(query: URLSearchParams, name: string, byDefault: number, max: number): number {
  const value = Number(query.get(name) ?? byDefault);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw badRequest(`Invalid value for ${name}`);
}

function badRequest(message: string): Refusal {
  return new Refusal(boxError(400, 'bad_request', message));
}
