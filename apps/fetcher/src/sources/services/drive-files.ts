import { type ListServiceFilesV1Request, type ServiceFile, SyncError } from '@tidetable/contracts';
import type { ListedFiles } from '../../connections/connections.js';
import { askService, openAnswer, parseAnswer } from '../../providers/ask-service.js';
import type { ProviderCallOptions } from '../../providers/call-provider.js';
import { isKnownHost } from '../../providers/is-known-host.js';
import { judgeDrive } from './judge-drive.js';
import type { ContentProof, ServiceFiles, ServiceItem } from './service-files.js';

const sheetType = 'application/vnd.google-apps.spreadsheet';
const shortcutType = 'application/vnd.google-apps.shortcut';
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const fields =
  'id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,modifiedTime,trashed,exportLinks,' +
  'shortcutDetails,capabilities(canDownload)';

/** CARTO's names for kinds of files, as Drive's media types; what people upload is not always typed as it should be. */
const mediaTypes: Record<ListServiceFilesV1Request['filters'][number], readonly string[]> = {
  csv: ['text/csv', 'text/tab-separated-values'],
  xls: ['application/vnd.ms-excel', workbookType, sheetType],
  gpx: ['application/gpx+xml'],
  kml: ['application/vnd.google-earth.kml+xml', 'application/vnd.google-earth.kmz'],
  zip: ['application/zip', 'application/x-zip-compressed'],
  json: ['application/json', 'application/geo+json'],
  all: [],
};
const pageFiles = 100;

interface DriveFile {
  id?: string;
  name?: string;
  mimeType?: string;
  size?: string;
  md5Checksum?: string;
  sha256Checksum?: string;
  headRevisionId?: string;
  modifiedTime?: string;
  trashed?: boolean;
  exportLinks?: Record<string, string>;
  shortcutDetails?: { targetId?: string };
  capabilities?: { canDownload?: boolean };
}

/** Google Drive's files (API v3). Spreadsheets of Google's own are read as workbooks, through their export links. */
export function createDriveFiles(
  apiUrl: string,
  exportHosts: readonly string[],
  options: ProviderCallOptions,
): ServiceFiles {
  const ask = async (
    path: string,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> => {
    const request = { method: 'GET' as const, url: `${apiUrl}/drive/v3/${path}` };
    const { body } = await askService(
      { service: 'gdrive', request, accessToken, judge: judgeDrive },
      options,
      signal,
    );
    return parseAnswer(body);
  };
  const describe = (id: string, accessToken: string, signal: AbortSignal): Promise<DriveFile> =>
    ask(
      `files/${encodeURIComponent(id)}?${query({ fields, supportsAllDrives: 'true' })}`,
      accessToken,
      signal,
    );
  /** Where the workbook of a Google spreadsheet is exported to; found with its metadata, and good for a while. */
  const exportLinks = new WeakMap<ServiceItem, string>();

  return {
    describe: async (itemId, _etag, accessToken, signal) => {
      let file = await describe(itemId, accessToken, signal);
      const target = file.mimeType === shortcutType ? file.shortcutDetails?.targetId : undefined;
      if (target !== undefined) file = await describe(target, accessToken, signal);
      const item = itemOf(file);
      const link = file.exportLinks?.[workbookType];
      if (file.mimeType === sheetType && link !== undefined)
        exportLinks.set(item, allowedLink(link, exportHosts));
      return item;
    },
    open: (item, accessToken, signal) => {
      const url =
        exportLinks.get(item) ??
        `${apiUrl}/drive/v3/files/${encodeURIComponent(item.id)}?${query({ alt: 'media', supportsAllDrives: 'true' })}`;
      const request = { method: 'GET' as const, url };
      return openAnswer({ service: 'gdrive', request, accessToken, judge: judgeDrive }, options, signal);
    },
    list: async ({ filters, query: words, page }, accessToken, signal) => {
      const parameters = {
        q: searchOf(filters, words),
        fields: 'nextPageToken,files(id,name,size,md5Checksum,headRevisionId,modifiedTime)',
        pageSize: String(pageFiles),
        orderBy: 'modifiedTime desc',
        corpora: 'allDrives',
        includeItemsFromAllDrives: 'true',
        supportsAllDrives: 'true',
        ...(page === null ? {} : { pageToken: page }),
      };
      return listedOf(await ask(`files?${query(parameters)}`, accessToken, signal));
    },
    describeAccount: async (accessToken, signal) => {
      const { user } = await ask('about?fields=user(permissionId,emailAddress)', accessToken, signal);
      const { permissionId, emailAddress } = (user ?? {}) as { permissionId?: string; emailAddress?: string };
      return { id: permissionId ?? null, name: emailAddress ?? null };
    },
  };
}

function itemOf(file: DriveFile): ServiceItem {
  const { id, name = '', mimeType = '', trashed, capabilities } = file;
  if (id === undefined) throw new SyncError('item-not-found');
  if (trashed === true) throw new SyncError('item-trashed');
  if (capabilities?.canDownload === false) {
    throw new SyncError('item-forbidden', 'downloading is switched off for this file');
  }
  if (mimeType.startsWith('application/vnd.google-apps.') && mimeType !== sheetType) {
    throw new SyncError('item-not-downloadable', 'it is a document of Google that is no spreadsheet');
  }
  const isSheet = mimeType === sheetType;
  return {
    id,
    name: isSheet ? `${name}.xlsx` : name,
    mediaType: isSheet ? workbookType : mimeType,
    bytes: isSheet || file.size === undefined ? null : Number(file.size),
    // Of a Google spreadsheet no field tells its content apart: only the exported bytes do.
    revision: isSheet ? null : revisionOf(file),
    etag: null,
    proof: isSheet ? null : proofOf(file),
  };
}

function revisionOf({ sha256Checksum, md5Checksum, headRevisionId }: DriveFile): string | null {
  const checksum = sha256Checksum ?? md5Checksum;
  return checksum === undefined && headRevisionId === undefined
    ? null
    : `${headRevisionId ?? ''}:${checksum ?? ''}`;
}

function proofOf({ sha256Checksum, md5Checksum }: DriveFile): ContentProof | null {
  if (sha256Checksum !== undefined) return { algorithm: 'sha256', digest: sha256Checksum.toLowerCase() };
  return md5Checksum === undefined ? null : { algorithm: 'md5', digest: md5Checksum.toLowerCase() };
}

/** The customer's token goes to hosts of Google only, whatever an answer says. */
function allowedLink(link: string, hosts: readonly string[]): string {
  if (URL.canParse(link) && isKnownHost(new URL(link), hosts)) return link;
  throw new SyncError('item-not-downloadable', 'its export leads to a host that is not known');
}

function searchOf(filters: ListServiceFilesV1Request['filters'], words: string | null): string {
  const types = filters.includes('all') ? [] : filters.flatMap((filter) => mediaTypes[filter]);
  return [
    'trashed = false',
    ...(types.length === 0
      ? [`mimeType != 'application/vnd.google-apps.folder'`]
      : [`(${types.map((type) => `mimeType = '${type}'`).join(' or ')})`]),
    ...(words === null ? [] : [`name contains '${words.replace(/[\\']/g, '\\$&')}'`]),
  ].join(' and ');
}

function listedOf(answer: Record<string, unknown>): ListedFiles {
  const files = (answer['files'] ?? []) as DriveFile[];
  const nextPage = answer['nextPageToken'];
  return {
    files: files.flatMap((file): ServiceFile[] =>
      file.id === undefined
        ? []
        : [
            {
              id: file.id,
              name: file.name ?? '',
              bytes: file.size === undefined ? null : Number(file.size),
              revision: revisionOf(file),
              modifiedAt: file.modifiedTime ?? null,
            },
          ],
    ),
    nextPage: typeof nextPage === 'string' ? nextPage : null,
  };
}

function query(parameters: Record<string, string>): string {
  return new URLSearchParams(parameters).toString();
}
