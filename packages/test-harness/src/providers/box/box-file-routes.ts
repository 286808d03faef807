import { randomBytes } from 'node:crypto';
import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest, Refusal } from '../provider-request.js';
import { serveBytes } from '../serve-bytes.js';
import { boxError, boxNotFound } from './box-errors.js';
import { selectBoxFields } from './box-fields.js';
import type { BoxFile, BoxStore } from './box-store.js';
import { presentBoxFile } from './present-box-file.js';

/** What is known of a file; not modified when the etag is the one that is sent, bare. */
export function describeBoxFile(
  { query, headers }: ProviderRequest,
  id: string,
  store: BoxStore,
): ResponseScript {
  allowBoxParameters(query, ['fields']);
  const file = findBoxFile(id, store);
  if (headers['if-none-match'] === String(file.etag)) return { status: 304 };
  return json(selectBoxFields(presentBoxFile(file), query.get('fields')));
}

/** A file that is not in the trash. @throws Refusal */
function findBoxFile(id: string, store: BoxStore): BoxFile {
  // What is no number at all is not an id to Box.
  if (!/^\d+$/.test(id)) throw new Refusal(boxError(405, 'method_not_allowed', 'Method Not Allowed'));
  const file = store.find(id);
  if (file === null) throw boxNotFound();
  if (file.isTrashed) throw new Refusal(boxError(404, 'trashed', 'Item is trashed'));
  return file;
}

/** @throws Refusal for a parameter that the method does not have */
export function allowBoxParameters(query: URLSearchParams, names: readonly string[]): void {
  for (const name of query.keys()) {
    if (!names.includes(name)) throw new Refusal(boxError(400, 'bad_request', `Unknown parameter ${name}`));
  }
}

/** Downloads: the API redirects to a host of its own, where the address is the permission. */
export class BoxDownloads {
  private readonly tickets = new Map<string, { name: string; content: Buffer }>();

  constructor(private readonly store: BoxStore) {}

  /** The API's part: an address for a moment, of the newest version or of one that is named. */
  begin({ query }: ProviderRequest, id: string, contentUrl: string): ResponseScript {
    allowBoxParameters(query, ['version']);
    const file = findBoxFile(id, this.store);
    const version = query.get('version');
    if (version !== null && version !== file.versionId) throw boxNotFound();
    if (!file.canDownload) {
      const message = 'Access denied - insufficient permission';
      throw new Refusal(boxError(403, 'access_denied_insufficient_permissions', message));
    }
    if (file.preparations > 0) {
      file.preparations -= 1;
      return { status: 202, headers: { 'Retry-After': '1' } };
    }
    const ticket = randomBytes(16).toString('base64url');
    this.tickets.set(ticket, { name: file.name, content: file.content });
    return { status: 302, headers: { Location: `${contentUrl}/d/1/${ticket}/download` } };
  }

  /** The other host's part. A token or the password of a link that is sent here was given away. */
  finish(request: ProviderRequest, ticket: string): ResponseScript {
    const { headers } = request;
    if (headers.authorization !== undefined || headers['boxapi'] !== undefined) {
      return { status: 400, body: 'a secret was sent to another origin' };
    }
    const found = this.tickets.get(ticket);
    if (found === undefined) return { status: 404 };
    const more = {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment;filename="file";filename*=UTF-8''${encodeURIComponent(found.name)}`,
      'Accept-Ranges': 'bytes',
    };
    return serveBytes(request, found.content, more, { status: 416 });
  }

  /** Time passes: no address that was given so far is good any more. */
  expire(): void {
    this.tickets.clear();
  }
}
