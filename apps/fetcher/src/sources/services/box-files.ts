import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '@tidetable/contracts';
import {
  askService,
  openAnswer,
  type OpenedAnswer,
  parseAnswer,
  type ServiceCallOptions,
  toldWaitMs,
} from '../../providers/ask-service.js';
import type { ProviderSettings } from '../../providers/oauth-provider.js';
import { boxItem } from './box-item.js';
import { type DownloadHosts, followDownload, sentOn } from './follow-download.js';
import { judgeBox } from './judge-box.js';
import { listBox } from './list-box.js';
import {
  type AskObject,
  contentStatuses,
  rangeFrom,
  type ServiceFiles,
  type ServiceItem,
} from './service-files.js';

const fields = 'name,sha1,size,etag,item_status,modified_at,file_version,permissions';
/** Box prepares some contents first and says when to ask again. */
const preparationsMax = 20;
const preparationMs = 1_000;

/** Box's files (API 2.0). */
export function createBoxFiles(
  { apiUrl, contentHosts }: Pick<ProviderSettings, 'apiUrl' | 'contentHosts'>,
  options: ServiceCallOptions,
): ServiceFiles {
  const hosts: DownloadHosts = { service: 'box', contentHosts, apiUrl };
  const service = 'box' as const;
  const urlOf = (id: string, more: string): string => `${apiUrl}/2.0/files/${encodeURIComponent(id)}${more}`;
  const ask: AskObject = async (path, access, signal) => {
    const request = { method: 'GET' as const, url: `${apiUrl}/2.0/${path}` };
    return parseAnswer(
      (await askService({ service, request, access, judge: judgeBox }, options, signal)).body,
    );
  };
  return {
    describe: async (itemId, etag, access, signal) => {
      // Bare, as Box gives it.
      const headers: Record<string, string> = etag === null ? {} : { 'If-None-Match': etag };
      const request = { method: 'GET' as const, url: urlOf(itemId, `?fields=${fields}`), headers };
      const question = { service, request, access, judge: judgeBox, goodStatuses: [304] };
      const { status, body } = await askService(question, options, signal);
      return status === 304 ? 'unchanged' : boxItem(parseAnswer(body));
    },
    open: async (item, firstByte, access, signal) => {
      const url = urlOf(item.id, `/content${versionOf(item)}`);
      const headers = rangeFrom(firstByte);
      const request = { method: 'GET' as const, url, headers };
      const goodStatuses = [202, ...sentOn, ...contentStatuses(firstByte)];
      const question = { service, request, access, judge: judgeBox, goodStatuses };
      const first = await whenReady(() => openAnswer(question, options, signal), signal);
      return followDownload(first, url, headers, hosts, { accountId: access.accountId, options, signal });
    },
    list: (request, accessToken, signal) =>
      listBox(request, ask, { accountId: request.accountId, accessToken }, signal),
    describeAccount: async (accessToken, signal) => {
      const user = await ask('users/me?fields=login', { accountId: null, accessToken }, signal);
      const { id, login } = user as { id?: string; login?: string };
      return { id: id ?? null, name: login ?? null };
    },
  };
}

/** Asks until the content is ready, as often as Box wants it. @throws SyncError when it never is */
async function whenReady(ask: () => Promise<OpenedAnswer>, signal: AbortSignal): Promise<OpenedAnswer> {
  for (let asked = 1; asked <= preparationsMax; asked += 1) {
    const answer = await ask();
    if (answer.status !== 202) return answer;
    answer.body.destroy();
    await sleep(toldWaitMs(answer) ?? preparationMs, undefined, { signal });
  }
  throw new SyncError('source-timeout', 'Box did not make the file ready in time');
}

/** The version and not the file, so that the bytes are those which the metadata spoke of. */
function versionOf({ revision }: ServiceItem): string {
  const version = revision?.split(':')[0] ?? '';
  return version === '' ? '' : `?version=${encodeURIComponent(version)}`;
}
