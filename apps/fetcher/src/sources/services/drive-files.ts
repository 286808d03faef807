import { SyncError } from '@tidetable/contracts';
import {
  askService,
  openAnswer,
  parseAnswer,
  type ServiceAccess,
  type ServiceCallOptions,
} from '../../providers/ask-service.js';
import type { ProviderSettings } from '../../providers/oauth-provider.js';
import {
  type DriveFile,
  driveItem,
  driveItemFields,
  exportLinkOf,
  shortcutType,
  workbookType,
} from './drive-item.js';
import { type DownloadHosts, followDownload, knownAddress, sentOn } from './follow-download.js';
import { judgeDrive } from './judge-drive.js';
import { listDrive } from './list-drive.js';
import {
  type AskObject,
  contentStatuses,
  rangeFrom,
  type ServiceFiles,
  type ServiceItem,
} from './service-files.js';

/** Google Drive's files (API v3). Spreadsheets of Google's own are read as workbooks, through their export links. */
export function createDriveFiles(
  { apiUrl, contentHosts }: Pick<ProviderSettings, 'apiUrl' | 'contentHosts'>,
  options: ServiceCallOptions,
): ServiceFiles {
  const hosts: DownloadHosts = { service: 'gdrive', contentHosts, apiUrl };
  const ask: AskObject = async (path, access, signal, headers = {}) => {
    const request = { method: 'GET' as const, url: `${apiUrl}/drive/v3/${path}`, headers };
    const question = { service: 'gdrive' as const, request, access, judge: judgeDrive };
    return parseAnswer((await askService(question, options, signal)).body);
  };
  return {
    describe: async (itemId, _etag, access, signal) => {
      const file = await describe(itemId, ask, access, signal);
      const link = exportLinkOf(file);
      const item = driveItem(file);
      return link === null ? item : { ...item, link: knownAddress(link, undefined, hosts) };
    },
    open: async (item, firstByte, access, signal) => {
      const url = item.link?.href ?? contentUrl(apiUrl, item);
      const headers = rangeFrom(firstByte);
      const goodStatuses = [...contentStatuses(firstByte), ...sentOn];
      const request = { method: 'GET' as const, url, headers };
      const question = { service: 'gdrive' as const, request, access, judge: judgeDrive, goodStatuses };
      const first = await openAnswer(question, options, signal);
      const { accountId } = access;
      const answer = await followDownload(first, url, headers, hosts, { accountId, options, signal });
      return item.mediaType === workbookType && item.proof === null ? refusePage(answer) : answer;
    },
    list: (request, accessToken, signal) =>
      listDrive(request, ask, { accountId: request.accountId, accessToken }, signal),
    describeAccount: async (accessToken, signal) => {
      const access = { accountId: null, accessToken };
      const { user } = await ask('about?fields=user(permissionId,emailAddress)', access, signal);
      const { permissionId, emailAddress } = (user ?? {}) as { permissionId?: string; emailAddress?: string };
      return { id: permissionId ?? null, name: emailAddress ?? null };
    },
  };
}

/** The file itself, where the id is that of a shortcut to it. */
async function describe(
  id: string,
  ask: AskObject,
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<DriveFile> {
  const query = new URLSearchParams({ fields: driveItemFields, supportsAllDrives: 'true' }).toString();
  const pathOf = (fileId: string): string => `files/${encodeURIComponent(fileId)}?${query}`;
  const file: DriveFile = await ask(pathOf(id), access, signal);
  const { targetId, targetResourceKey: key } = file.shortcutDetails ?? {};
  if (file.mimeType !== shortcutType || file.trashed === true || targetId === undefined) return file;
  const headers: Record<string, string> =
    key === undefined ? {} : { 'X-Goog-Drive-Resource-Keys': `${targetId}/${key}` };
  return ask(pathOf(targetId), access, signal, headers);
}

function contentUrl(apiUrl: string, { id, proof, mediaType }: ServiceItem): string {
  const file = `${apiUrl}/drive/v3/files/${encodeURIComponent(id)}`;
  // A spreadsheet without a link: the API's own export, which has a limit of ten megabytes.
  if (proof === null && mediaType === workbookType) {
    return `${file}/export?${new URLSearchParams({ mimeType: workbookType }).toString()}`;
  }
  return `${file}?${new URLSearchParams({ alt: 'media', supportsAllDrives: 'true' }).toString()}`;
}

/** Where a page comes in place of an export it asks to sign in, or says that the export has failed. */
function refusePage<T extends { headers: Readonly<Record<string, string>>; body: { destroy(): void } }>(
  answer: T,
): T {
  if (!/^text\/html\b/i.test(answer.headers['content-type'] ?? '')) return answer;
  answer.body.destroy();
  throw new SyncError('source-error-page', 'Google sent a page in place of the exported spreadsheet');
}
