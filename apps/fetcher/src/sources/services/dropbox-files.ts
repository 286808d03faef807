import { SyncError } from '@tidetable/contracts';
import { askService, openAnswer, parseAnswer, type ServiceCallOptions } from '../../providers/ask-service.js';
import type { ProviderSettings } from '../../providers/oauth-provider.js';
import { asciiJson } from './ascii-json.js';
import { type AskDropbox, dropboxItem } from './dropbox-item.js';
import { judgeDropbox } from './judge-dropbox.js';
import { listDropbox } from './list-dropbox.js';
import { contentStatuses, rangeFrom, type ServiceFiles } from './service-files.js';

/** Dropbox's files (API v2). */
export function createDropboxFiles(
  { apiUrl, contentUrl }: Pick<ProviderSettings, 'apiUrl' | 'contentUrl'>,
  options: ServiceCallOptions,
): ServiceFiles {
  const ask: AskDropbox = async (route, argument, access, signal) => {
    const headers = { 'Content-Type': 'application/json' };
    const url = `${apiUrl}/2/${route}`;
    const request = { method: 'POST' as const, url, headers, body: JSON.stringify(argument) };
    const question = { service: 'dropbox' as const, request, access, judge: judgeDropbox };
    return parseAnswer((await askService(question, options, signal)).body);
  };
  return {
    describe: async (itemId, _etag, access, signal) => {
      // What is neither an id nor a path Dropbox calls a malformed request.
      if (!/^(id:|\/)/.test(itemId)) throw new SyncError('item-not-found');
      return dropboxItem(await ask('files/get_metadata', { path: itemId }, access, signal));
    },
    open: (item, firstByte, access, signal) => {
      const headers = {
        // The revision and not the file, so that the bytes are those which the metadata spoke of.
        'Dropbox-API-Arg': asciiJson({ path: `rev:${item.id}` }),
        // A form, which a request without a body would be taken for, is refused.
        'Content-Type': 'application/octet-stream',
        ...rangeFrom(firstByte),
      };
      const request = { method: 'POST' as const, url: `${contentUrl}/2/files/download`, headers, body: '' };
      const goodStatuses = contentStatuses(firstByte);
      const question = { service: 'dropbox' as const, request, access, judge: judgeDropbox, goodStatuses };
      return openAnswer(question, options, signal);
    },
    list: (request, accessToken, signal) =>
      listDropbox(request, ask, { accountId: request.accountId, accessToken }, signal),
    describeAccount: async (accessToken, signal) => {
      const account = await ask('users/get_current_account', null, { accountId: null, accessToken }, signal);
      const { account_id: id, email: name } = account as { account_id?: string; email?: string };
      return { id: id ?? null, name: name ?? null };
    },
  };
}
