import { randomBytes } from 'node:crypto';
import type { ResponseScript } from '../../origin/response-script.js';
import type { FakeOAuth } from '../oauth/fake-oauth.js';
import { bearerOf, type ProviderRequest } from '../provider-request.js';
import type { DriveStore } from './drive-store.js';
import { workbookType } from './drive-store.js';

/**
 * Where export links lead: a host of its own that wants the token and sends on to another host, which must not see it.
 * Neither promises a length nor knows ranges.
 */
export class DriveExports {
  private readonly tickets = new Map<string, { type: string; bytes: Buffer }>();

  constructor(
    private readonly oauth: FakeOAuth,
    private readonly store: DriveStore,
  ) {}

  /** The link of a file's metadata. */
  begin(request: ProviderRequest, contentUrl: string): ResponseScript {
    const token = bearerOf(request);
    const { query } = request;
    const page = { 'Content-Type': 'text/html; charset=utf-8' };
    if (token === null || this.oauth.grants.stateOf(token) !== 'good') {
      return { status: 401, headers: page, body: '<!DOCTYPE html><title>Sign in</title>' };
    }
    this.oauth.grants.use(token);
    const type = { csv: 'text/csv', xlsx: workbookType }[query.get('exportFormat') ?? ''];
    const file = this.store.find(query.get('id') ?? '');
    const bytes = file?.exports[type ?? ''];
    if (type === undefined || bytes === undefined) {
      return { status: 404, headers: page, body: '<!DOCTYPE html><title>Page not found</title>' };
    }
    const ticket = randomBytes(16).toString('base64url');
    this.tickets.set(ticket, { type, bytes });
    return { status: 307, headers: { ...page, Location: `${contentUrl}/export/${ticket}` } };
  }

  /** The host with the bytes. A token that is sent here was given away. */
  finish({ headers }: ProviderRequest, ticket: string): ResponseScript {
    if (headers.authorization !== undefined)
      return { status: 400, body: 'a token was sent to another origin' };
    const found = this.tickets.get(ticket);
    if (found === undefined) return { status: 403, body: 'this link is not good any more' };
    return { headers: { 'Content-Type': found.type }, body: () => [found.bytes] };
  }
}
