import { createHash } from 'node:crypto';
import type { ResponseScript } from '../../origin/response-script.js';
import type { Deliveries } from '../deliveries.js';
import { json, jsonBody, type ProviderRequest } from '../provider-request.js';
import { driveBadRequest, driveError } from './drive-errors.js';
import type { DriveEvent } from './drive-store.js';

/** A channel that notifications go through until it ends or is stopped. */
export interface DriveChannel {
  readonly id: string;
  readonly resourceId: string;
  readonly address: string;
  readonly token: string | null;
  /** In milliseconds since 1970. */
  readonly expiration: number;
  /** The file that is watched; `null` when it is all changes of the account. */
  readonly fileId: string | null;
}

const lifeDefaultMs = 3_600_000;
const fileLifeMsMax = 86_400_000;
const changesLifeMsMax = 604_800_000;
const unreadable = driveError(400, 'parseError', 'Parse Error');

/** The channels of an account. Numbers of messages rise with gaps, as Drive's do. */
export class DriveChannels {
  private readonly open = new Map<string, DriveChannel & { messages: number }>();

  constructor(
    private readonly apiUrl: string,
    private readonly deliveries: Deliveries,
  ) {}

  /** Those that are neither stopped nor over. */
  list(): readonly DriveChannel[] {
    return [...this.open.values()].filter(({ expiration }) => expiration > Date.now());
  }

  /** Opens a channel; its first message says so, and may come before this answer. */
  watch(request: ProviderRequest, fileId: string | null): ResponseScript {
    const body = jsonBody(request, unreadable);
    const { id, type, address, token = null, expiration = Date.now() + lifeDefaultMs } = body;
    if (typeof id !== 'string' || !/^[A-Za-z0-9+/=_-]{1,64}$/.test(id)) throw driveBadRequest('Invalid id');
    if (this.open.has(id)) throw driveBadRequest(`Channel id ${id} not unique`, 'channelIdNotUnique');
    if (type !== 'web_hook') throw driveBadRequest('Invalid type');
    if (typeof address !== 'string' || !address.startsWith('https://')) {
      throw driveBadRequest('WebHook callback must be HTTPS', 'push.webhookUrlNotHttps');
    }
    if (token !== null && (typeof token !== 'string' || token.length > 256))
      throw driveBadRequest('Invalid token');
    if (typeof expiration !== 'number') throw driveBadRequest('Invalid expiration');
    const lifeMsMax = fileId === null ? changesLifeMsMax : fileLifeMsMax;
    const channel = {
      ...{ id, address, token, fileId, messages: 0 },
      resourceId: createHash('sha1')
        .update(fileId ?? 'changes')
        .digest('base64url'),
      expiration: Math.min(expiration, Date.now() + lifeMsMax),
    };
    this.open.set(id, channel);
    this.send(channel, 'sync', []);
    const { resourceId } = channel;
    const shown = { kind: 'api#channel', id, resourceId, resourceUri: this.uriOf(channel) };
    const tokenShown = token === null ? {} : { token };
    return json({ ...shown, ...tokenShown, expiration: String(channel.expiration) });
  }

  /** Stops a channel that is named by both of its ids. */
  stop(request: ProviderRequest): ResponseScript {
    const { id, resourceId } = jsonBody(request, unreadable);
    const channel = this.open.get(String(id));
    if (channel === undefined || channel.resourceId !== resourceId) {
      return driveError(404, 'notFound', `Channel '${String(id)}' not found for project`);
    }
    this.open.delete(channel.id);
    return { status: 204 };
  }

  /** Tells the channels that watch this. */
  notify({ fileId, state, changed }: DriveEvent): void {
    for (const channel of this.open.values()) {
      if (channel.expiration <= Date.now()) continue;
      if (channel.fileId === null) this.send(channel, 'change', []);
      else if (channel.fileId === fileId) this.send(channel, state, changed);
    }
  }

  private send(
    channel: DriveChannel & { messages: number },
    state: string,
    changed: readonly string[],
  ): void {
    channel.messages += channel.messages === 0 ? 1 : 1 + Math.floor(Math.random() * 50);
    this.deliveries.send({
      address: channel.address,
      headers: {
        'User-Agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
        'X-Goog-Channel-ID': channel.id,
        'X-Goog-Message-Number': String(channel.messages),
        'X-Goog-Resource-ID': channel.resourceId,
        'X-Goog-Resource-State': state,
        'X-Goog-Resource-URI': this.uriOf(channel),
        'X-Goog-Channel-Expiration': new Date(channel.expiration).toUTCString(),
        ...(channel.token === null ? {} : { 'X-Goog-Channel-Token': channel.token }),
        ...(changed.length === 0 ? {} : { 'X-Goog-Changed': changed.join(',') }),
      },
      body: '',
    });
  }

  private uriOf({ fileId }: DriveChannel): string {
    return `${this.apiUrl}/drive/v3/${fileId === null ? 'changes' : `files/${fileId}`}?alt=json`;
  }
}
