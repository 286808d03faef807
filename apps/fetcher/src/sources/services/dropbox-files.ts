import { type ListServiceFilesV1Request, type ServiceFile, SyncError } from '@tidetable/contracts';
import { askService, openAnswer, parseAnswer } from '../../providers/ask-service.js';
import type { ProviderCallOptions } from '../../providers/call-provider.js';
import { judgeDropbox } from './judge-dropbox.js';
import type { ServiceFiles, ServiceItem } from './service-files.js';

interface DropboxEntry {
  '.tag'?: string;
  id?: string;
  name?: string;
  rev?: string;
  size?: number;
  server_modified?: string;
  content_hash?: string;
  is_downloadable?: boolean;
}

const extensions: Record<ListServiceFilesV1Request['filters'][number], readonly string[]> = {
  csv: ['csv', 'tsv', 'txt'],
  xls: ['xls', 'xlsx', 'ods'],
  gpx: ['gpx'],
  kml: ['kml', 'kmz'],
  zip: ['zip'],
  json: ['json', 'geojson'],
  all: [],
};
const pageFiles = 100;

/** Dropbox's files (API v2). */
export function createDropboxFiles(
  apiUrl: string,
  contentUrl: string,
  options: ProviderCallOptions,
): ServiceFiles {
  const ask = async (
    path: string,
    argument: unknown,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> => {
    const request = {
      method: 'POST' as const,
      url: `${apiUrl}/2/${path}`,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(argument),
    };
    const question = { service: 'dropbox' as const, request, accessToken, judge: judgeDropbox };
    return parseAnswer((await askService(question, options, signal)).body);
  };

  return {
    describe: async (itemId, _etag, accessToken, signal) =>
      itemOf(await ask('files/get_metadata', { path: itemId }, accessToken, signal)),
    open: (item, accessToken, signal) => {
      const request = {
        method: 'POST' as const,
        url: `${contentUrl}/2/files/download`,
        // The revision and not the file, so that the bytes are those which the metadata spoke of.
        headers: {
          'Dropbox-API-Arg': asciiJson({ path: `rev:${item.id}` }),
          'Content-Type': 'application/octet-stream',
        },
        body: '',
      };
      return openAnswer({ service: 'dropbox', request, accessToken, judge: judgeDropbox }, options, signal);
    },
    list: async ({ filters, query, page }, accessToken, signal) => {
      const answer =
        page === null
          ? await ask('files/search_v2', searchOf(filters, query), accessToken, signal)
          : await ask('files/search/continue_v2', { cursor: page }, accessToken, signal);
      const matches = (answer['matches'] ?? []) as { metadata?: { metadata?: DropboxEntry } }[];
      const cursor = answer['cursor'];
      return {
        files: matches.flatMap(({ metadata }) => fileOf(metadata?.metadata)),
        nextPage: answer['has_more'] === true && typeof cursor === 'string' ? cursor : null,
      };
    },
    describeAccount: async (accessToken, signal) => {
      const account = await ask('users/get_current_account', null, accessToken, signal);
      const { account_id: id, email: name } = account as { account_id?: string; email?: string };
      return { id: id ?? null, name: name ?? null };
    },
  };
}

function itemOf(entry: DropboxEntry): ServiceItem {
  if (entry['.tag'] === 'deleted') throw new SyncError('item-trashed');
  if (entry['.tag'] === 'folder') throw new SyncError('item-not-downloadable', 'it is a folder');
  if (entry.rev === undefined) throw new SyncError('item-not-found');
  if (entry.is_downloadable === false) {
    throw new SyncError('item-not-downloadable', 'it is a document that exists at Dropbox only');
  }
  const { rev, name = '', size, content_hash: hash } = entry;
  return {
    id: rev,
    name,
    mediaType: null,
    bytes: size ?? null,
    // The same bytes uploaded again have another revision and the same hash.
    revision: hash ?? rev,
    etag: null,
    proof: hash === undefined ? null : { algorithm: 'dropbox', digest: hash.toLowerCase() },
  };
}

function fileOf(entry: DropboxEntry | undefined): ServiceFile[] {
  if (entry?.['.tag'] !== 'file' || entry.id === undefined) return [];
  return [
    {
      id: entry.id,
      name: entry.name ?? '',
      bytes: entry.size ?? null,
      revision: entry.content_hash ?? entry.rev ?? null,
      modifiedAt: entry.server_modified ?? null,
    },
  ];
}

function searchOf(filters: ListServiceFilesV1Request['filters'], words: string | null): object {
  const wanted = filters.includes('all') ? [] : filters.flatMap((filter) => extensions[filter]);
  return {
    // A query is demanded; a dot is in every name with an extension.
    query: words ?? '.',
    options: {
      path: '',
      max_results: pageFiles,
      file_status: 'active',
      filename_only: true,
      ...(wanted.length === 0 ? {} : { file_extensions: wanted }),
      order_by: { '.tag': 'last_modified_time' },
    },
  };
}

/** JSON for a header: everything from DEL on is escaped, of characters beyond the first plane each half. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
