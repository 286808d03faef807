import type { ReceivePushV1Request, StorageService } from '@tidetable/contracts';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import type { BoxSignatureKeys } from './push-states.js';
import { hash, type PushStore } from './push-store.js';
import {
  isSame,
  type PushHeaders,
  readBoxNotification,
  readDriveNotification,
  readDropboxNotification,
} from './read-notification.js';

/** What taking notifications needs. */
export interface ReceivePorts {
  readonly store: PushStore;
  readonly scheduler: Pick<SchedulerClient, 'refreshPushed'>;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly boxKeys: BoxSignatureKeys;
  /** The channels may need looking after. */
  readonly wakeKeeper: () => void;
}

/** What became of a call, for the log. */
export type Received = 'refused' | 'replayed' | 'irrelevant' | 'taken';

/** How long a scheduler may take, in milliseconds; the service waits meanwhile. */
const schedulerPatienceMs = 4_000;
/** Never a token of ours, as those have more characters. */
const noToken = 'none';
/** A file that had this done to it is somewhere else. */
const movingTrigger = 'FILE.MOVED';

/**
 * Takes a notification of a service: who sent it is proven before anything else is looked at, what came before is left
 * alone, and what it tells of is refreshed soon.
 *
 * @throws when no scheduler answers: the service sends it again then
 */
export async function receivePush(
  { service, headers, body }: ReceivePushV1Request,
  ports: ReceivePorts,
): Promise<Received> {
  const bytes = Buffer.from(body, 'base64');
  switch (service) {
    case 'gdrive':
      return receiveDrive(headers, ports);
    case 'dropbox':
      return receiveDropbox(bytes, headers, ports);
    case 'box':
      return receiveBox(bytes, headers, ports);
  }
}

async function receiveDrive(headers: PushHeaders, ports: ReceivePorts): Promise<Received> {
  const said = readDriveNotification(headers);
  if (said === null) return 'refused';
  const found = await ports.store.findDriveChannel(said.channelId);
  const isToken = isSame(hash(said.token), found?.tokenHash ?? noToken);
  const isResource = isSame(said.resourceId, found?.channel.remoteId ?? noToken);
  if (found === null || !isToken || !isResource) return 'refused';
  if (!(await ports.store.takeMessage(said.channelId, said.messageNumber))) return 'replayed';
  if (said.state === 'sync') return 'irrelevant';
  const itemIds = await ports.store.itemsOf(said.channelId);
  return itemIds.length === 0 ? 'irrelevant' : refresh('gdrive', [found.channel.accountId], itemIds, ports);
}

async function receiveDropbox(body: Buffer, headers: PushHeaders, ports: ReceivePorts): Promise<Received> {
  const { client } = ports.providers.dropbox;
  if (client === null) return 'refused';
  const named = readDropboxNotification(body, headers, client.secret);
  if (named === null) return 'refused';
  // It names accounts only, and says the same of every change: one that comes again costs a look at the files.
  const accountIds = await ports.store.accountsOf('dropbox', named);
  return accountIds.length === 0 ? 'irrelevant' : refresh('dropbox', accountIds, null, ports);
}

async function receiveBox(body: Buffer, headers: PushHeaders, ports: ReceivePorts): Promise<Received> {
  const { store, boxKeys, wakeKeeper } = ports;
  const said = readBoxNotification(body, headers, boxKeys, new Date());
  if (said === null) return 'refused';
  if (!(await store.takeDelivery(said.deliveryId))) return 'replayed';
  try {
    const channel = await store.findBoxChannel(said.webhookId);
    if (channel === null) return 'irrelevant';
    if (said.trigger === 'WEBHOOK.DELETED') {
      await store.removeChannel(channel.id);
      wakeKeeper();
      return 'taken';
    }
    if (said.fileId === null) return 'irrelevant';
    if (said.trigger === movingTrigger) {
      await store.forgetChannelOf(channel.accountId, 'box', said.fileId);
      wakeKeeper();
    }
    return await refresh('box', [channel.accountId], [said.fileId], ports);
  } catch (error) {
    await store.giveBackDelivery(said.deliveryId);
    throw error;
  }
}

async function refresh(
  service: StorageService,
  accountIds: string[],
  itemIds: string[] | null,
  { scheduler }: ReceivePorts,
): Promise<Received> {
  const signal = AbortSignal.timeout(schedulerPatienceMs);
  const pushed = await scheduler.refreshPushed({ service, accountIds, itemIds }, signal);
  return pushed === 0 ? 'irrelevant' : 'taken';
}
