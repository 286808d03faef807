import { randomBytes, randomUUID } from 'node:crypto';
import { SyncError, type StorageService } from '@tidetable/contracts';
import {
  askService,
  parseAnswer,
  type ServiceAccess,
  type ServiceCallOptions,
  type ServiceQuestion,
} from '../providers/ask-service.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import { judgeBox } from '../sources/services/judge-box.js';
import { judgeDrive } from '../sources/services/judge-drive.js';
import type { PushChannel, PushItem } from './push-store.js';

/** What opening channels needs. */
export interface ChannelPorts {
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ServiceCallOptions;
  /** Where each service sends its notifications. */
  readonly addressOf: (service: StorageService) => string;
  /** How long a channel of Drive is asked for, in milliseconds. */
  readonly channelLifeMs: number;
}

/** The services whose notifications come through channels that we open. */
export type ChannelService = Exclude<StorageService, 'dropbox'>;

/** A channel that was opened, and what will prove its messages where nothing is signed. */
export interface OpenedChannel {
  readonly channel: PushChannel;
  readonly token: string | null;
}

/** What Box is asked to tell of the files in a folder. */
const boxTriggers = ['FILE.UPLOADED', 'FILE.TRASHED', 'FILE.DELETED', 'FILE.RESTORED', 'FILE.MOVED'];

/**
 * What has to be watched for a file: at Drive itself, or what it leads to where it is a shortcut; at Box its folder, as only
 * that tells of new versions.
 */
export async function targetOf(
  { service, itemId }: Pick<PushItem, 'service' | 'itemId'>,
  access: ServiceAccess,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<string> {
  const id = encodeURIComponent(itemId);
  const ask = async (path: string): Promise<Record<string, unknown>> => {
    const isDrive = service === 'gdrive';
    const request = { method: 'GET', url: `${ports.providers[service].apiUrl}${path}` } as const;
    const question = { service, request, access, judge: isDrive ? judgeDrive : judgeBox };
    return parseAnswer((await askService(question, ports.calls, signal)).body);
  };
  if (service === 'gdrive') {
    const { shortcutDetails } = (await ask(
      `/drive/v3/files/${id}?fields=shortcutDetails(targetId)&supportsAllDrives=true`,
    )) as { shortcutDetails?: { targetId?: unknown } };
    return typeof shortcutDetails?.targetId === 'string' ? shortcutDetails.targetId : itemId;
  }
  const { parent } = (await ask(`/2.0/files/${id}?fields=parent`)) as { parent?: { id?: unknown } | null };
  if (typeof parent?.id !== 'string') throw new SyncError('item-not-found');
  return parent.id;
}

/** Opens a channel. @throws AccessTokenRefusedError, SyncError */
export async function openChannel(
  service: ChannelService,
  target: string,
  access: ServiceAccess & { accountId: string },
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<OpenedChannel> {
  return service === 'gdrive'
    ? openDriveChannel(target, access, ports, signal)
    : openBoxWebhook(target, access, ports, signal);
}

async function openDriveChannel(
  target: string,
  access: ServiceAccess & { accountId: string },
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<OpenedChannel> {
  const id = randomUUID();
  const token = randomBytes(32).toString('base64url');
  const expiration = Date.now() + ports.channelLifeMs;
  const path = `files/${encodeURIComponent(target)}/watch?supportsAllDrives=true`;
  const url = `${ports.providers.gdrive.apiUrl}/drive/v3/${path}`;
  const address = ports.addressOf('gdrive');
  const body = { id, type: 'web_hook', address, token, expiration };
  const { resourceId, expiration: until } = await post(
    { service: 'gdrive', access },
    url,
    body,
    ports,
    signal,
  );
  if (typeof resourceId !== 'string') throw new SyncError('source-http-error', 'Drive named no channel');
  const expiresAt = new Date(Number(until ?? expiration));
  const { accountId } = access;
  return { channel: { id, accountId, service: 'gdrive', target, remoteId: resourceId, expiresAt }, token };
}

async function openBoxWebhook(
  target: string,
  access: ServiceAccess & { accountId: string },
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<OpenedChannel> {
  const url = `${ports.providers.box.apiUrl}/2.0/webhooks`;
  const body = {
    target: { id: target, type: 'folder' },
    address: ports.addressOf('box'),
    triggers: boxTriggers,
  };
  const { id: remoteId } = await post({ service: 'box', access }, url, body, ports, signal, [201]);
  if (typeof remoteId !== 'string') throw new SyncError('source-http-error', 'Box named no webhook');
  const { accountId } = access;
  const channel = { id: randomUUID(), accountId, service: 'box', target, remoteId, expiresAt: null } as const;
  return { channel, token: null };
}

/** Has a service stop a channel; one that is gone already is as good. @throws AccessTokenRefusedError, SyncError */
export async function closeChannel(
  { id, service, remoteId }: PushChannel,
  access: ServiceAccess,
  ports: ChannelPorts,
  signal: AbortSignal,
): Promise<void> {
  if (service === 'gdrive') {
    const url = `${ports.providers.gdrive.apiUrl}/drive/v3/channels/stop`;
    await post({ service, access }, url, { id, resourceId: remoteId }, ports, signal, [204, 404]);
  } else if (service === 'box') {
    const url = `${ports.providers.box.apiUrl}/2.0/webhooks/${encodeURIComponent(remoteId)}`;
    const request = { method: 'DELETE', url } as const;
    const question = { service, request, access, judge: judgeBox, goodStatuses: [204, 404] };
    await askService(question, ports.calls, signal);
  }
}

async function post(
  { service, access }: { service: ChannelService; access: ServiceAccess },
  url: string,
  body: object,
  { calls }: ChannelPorts,
  signal: AbortSignal,
  goodStatuses: readonly number[] = [],
): Promise<Record<string, unknown>> {
  const question: ServiceQuestion = {
    service,
    request: {
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    },
    access,
    judge: service === 'gdrive' ? judgeDrive : judgeBox,
    goodStatuses,
  };
  return parseAnswer((await askService(question, calls, signal)).body);
}
