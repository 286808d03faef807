import { type ListServiceFilesV1Request, type ServiceFile, SyncError } from '@tidetable/contracts';
import {
  askService,
  openAnswer,
  type OpenedAnswer,
  parseAnswer,
  retryAfterSeconds,
} from '../../providers/ask-service.js';
import {
  openProvider,
  type ProviderCallOptions,
  readBody,
  textHeaders,
} from '../../providers/call-provider.js';
import { isKnownHost } from '../../providers/is-known-host.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeBox } from './judge-box.js';
import type { ServiceFiles, ServiceItem } from './service-files.js';

interface BoxFile {
  id?: string;
  etag?: string;
  name?: string;
  sha1?: string;
  size?: number;
  item_status?: string;
  modified_at?: string;
  file_version?: { id?: string };
  permissions?: { can_download?: boolean };
  type?: string;
}

const fields = 'name,sha1,size,etag,item_status,modified_at,file_version,permissions';

const extensions: Record<ListServiceFilesV1Request['filters'][number], readonly string[]> = {
  csv: ['csv', 'tsv', 'txt'],
  xls: ['xls', 'xlsx', 'ods'],
  gpx: ['gpx'],
  kml: ['kml', 'kmz'],
  zip: ['zip'],
  json: ['json', 'geojson'],
  all: [
    'csv',
    'tsv',
    'txt',
    'xls',
    'xlsx',
    'ods',
    'gpx',
    'kml',
    'kmz',
    'zip',
    'json',
    'geojson',
    'gpkg',
    'parquet',
  ],
};
const pageFiles = 200;
/** Box prepares large files first and says when to ask again. */
const preparationsMax = 10;

/** Box's files (API 2.0). */
export function createBoxFiles(
  apiUrl: string,
  contentHosts: readonly string[],
  options: ProviderCallOptions,
): ServiceFiles {
  const ask = async (
    path: string,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> => {
    const request = { method: 'GET' as const, url: `${apiUrl}/2.0/${path}` };
    const question = { service: 'box' as const, request, accessToken, judge: judgeBox };
    return parseAnswer((await askService(question, options, signal)).body);
  };

  return {
    describe: async (itemId, etag, accessToken, signal) => {
      const request = {
        method: 'GET' as const,
        url: `${apiUrl}/2.0/files/${encodeURIComponent(itemId)}?fields=${fields}`,
        // Bare, as Box gives it.
        ...(etag === null ? {} : { headers: { 'If-None-Match': etag } }),
      };
      const question = {
        service: 'box' as const,
        request,
        accessToken,
        judge: judgeBox,
        goodStatuses: [304],
      };
      const { status, body } = await askService(question, options, signal);
      return status === 304 ? 'unchanged' : itemOf(parseAnswer(body));
    },
    open: async (item, accessToken, signal) => {
      const version = item.revision?.split(':')[0] ?? '';
      const pinned = version === '' ? '' : `?version=${encodeURIComponent(version)}`;
      const request = {
        method: 'GET' as const,
        url: `${apiUrl}/2.0/files/${encodeURIComponent(item.id)}/content${pinned}`,
      };
      const question = {
        service: 'box' as const,
        request,
        accessToken,
        judge: judgeBox,
        goodStatuses: [202, 302],
      };
      for (let asked = 1; asked <= preparationsMax; asked++) {
        const answer = await openAnswer(question, options, signal);
        if (answer.status === 200) return answer;
        await readBody(answer.body);
        if (answer.status === 302)
          return openDownload(answer.headers['location'], contentHosts, options, signal);
        await sleep((retryAfterSeconds(answer.headers) ?? 1) * 1_000, undefined, { signal });
      }
      throw new SyncError('source-timeout', 'Box did not make the file ready in time');
    },
    list: async ({ filters, query, page }, accessToken, signal) => {
      const offset = Number(page ?? 0);
      const parameters = new URLSearchParams({
        query: query ?? '.',
        type: 'file',
        file_extensions: [...new Set(filters.flatMap((filter) => extensions[filter]))].join(','),
        content_types: 'name',
        sort: 'modified_at',
        direction: 'DESC',
        limit: String(pageFiles),
        offset: String(offset),
        fields: 'name,sha1,size,modified_at,file_version',
      });
      const answer = await ask(`search?${parameters.toString()}`, accessToken, signal);
      const total = Number(answer['total_count'] ?? 0);
      const next = offset + pageFiles;
      return {
        files: ((answer['entries'] ?? []) as BoxFile[]).flatMap(fileOf),
        // Offsets beyond ten thousand are refused.
        nextPage: next < Math.min(total, 10_000) ? String(next) : null,
      };
    },
    describeAccount: async (accessToken, signal) => {
      const { id, login } = (await ask('users/me?fields=login', accessToken, signal)) as {
        id?: string;
        login?: string;
      };
      return { id: id ?? null, name: login ?? null };
    },
  };
}

/** The address that Box redirects to carries its own permission; a token sent there would be given away. */
async function openDownload(
  location: string | undefined,
  contentHosts: readonly string[],
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<OpenedAnswer> {
  const isKnown =
    location !== undefined && URL.canParse(location) && isKnownHost(new URL(location), contentHosts);
  if (!isKnown) throw new SyncError('source-http-error', 'Box redirected to a host that is not known');
  const response = await openProvider({ method: 'GET', url: location }, options, signal);
  if (response.status === 200) {
    return { status: response.status, headers: textHeaders(response), body: response.data };
  }
  response.data.destroy();
  throw new SyncError(
    'source-server-error',
    `the download host of Box answered with status ${response.status}`,
  );
}

function itemOf(file: BoxFile): ServiceItem {
  const { id, name = '', etag, sha1, size, file_version: version } = file;
  if (id === undefined) throw new SyncError('item-not-found');
  if (file.item_status !== undefined && file.item_status !== 'active') throw new SyncError('item-trashed');
  if (file.permissions?.can_download === false) {
    throw new SyncError('item-forbidden', 'downloading is switched off for this file');
  }
  return {
    id,
    name,
    mediaType: null,
    bytes: size ?? null,
    revision: `${version?.id ?? ''}:${(sha1 ?? '').toLowerCase()}`,
    etag: etag ?? null,
    proof: sha1 === undefined ? null : { algorithm: 'sha1', digest: sha1.toLowerCase() },
  };
}

function fileOf(file: BoxFile): ServiceFile[] {
  if (file.type !== 'file' || file.id === undefined) return [];
  return [
    {
      id: file.id,
      name: file.name ?? '',
      bytes: file.size ?? null,
      revision: `${file.file_version?.id ?? ''}:${(file.sha1 ?? '').toLowerCase()}`,
      modifiedAt: file.modified_at ?? null,
    },
  ];
}
