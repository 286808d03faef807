import { SyncError } from '@tidetable/contracts';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { AccessTokens } from '../connections/access-tokens.js';
import {
  type ChannelPorts,
  type ChannelService,
  closeChannel,
  openChannel,
  targetOf,
} from './open-channel.js';
import type { PushChannel, PushItem, PushStore } from './push-store.js';

/** What looking after channels needs. */
export interface KeepPorts extends ChannelPorts {
  readonly store: PushStore;
  readonly tokens: Pick<AccessTokens, 'with'>;
  readonly scheduler: Pick<SchedulerClient, 'whichExist'>;
  /** What could not be opened is tried again after so long, in milliseconds. */
  readonly retryMs: number;
}

/** What a round has done. */
export interface KeptChannels {
  opened: number;
  closed: number;
  failed: number;
}

const batchMax = 500;
/** A channel is replaced when so much of its life is left. */
const earlyShare = 1 / 12;

/**
 * One round: what was deleted is forgotten, files without a channel get one, channels that end soon are replaced before
 * they do, and those that nobody needs any more are stopped, the earlier one of a file after its successor is open.
 *
 * @throws when no scheduler or no database answers
 */
export async function keepChannels(ports: KeepPorts, signal: AbortSignal): Promise<KeptChannels> {
  const kept = { opened: 0, closed: 0, failed: 0 };
  await forgetDeleted(ports, signal);
  const earlyMs = ports.channelLifeMs * earlyShare;
  for (let isMore = true; isMore;) {
    const wanting = await ports.store.listWanting(earlyMs, ports.retryMs, batchMax);
    for (const item of wanting) {
      signal.throwIfAborted();
      kept[await openFor(item, earlyMs, ports, signal)] += 1;
    }
    // None of these is among the next ones: each has a channel, or was tried just now.
    isMore = wanting.length === batchMax;
  }
  for (const channel of await ports.store.listUnused()) {
    signal.throwIfAborted();
    await closeAndForget(channel, ports, signal);
    kept.closed += 1;
  }
  await ports.store.forgetOldDeliveries();
  return kept;
}

/** Stops all channels of a connection that is about to end, as nobody can stop them later. */
export async function closeChannelsOf(
  accountId: string,
  service: ChannelService,
  ports: KeepPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const channel of await ports.store.listChannels(accountId, service)) {
    await closeAndForget(channel, ports, signal);
  }
  await ports.store.forgetAccount(accountId, service);
}

async function forgetDeleted({ store, scheduler }: KeepPorts, signal: AbortSignal): Promise<void> {
  for (let after: string | null = null; ;) {
    const ids: string[] = await store.listSynchronizations(after, batchMax);
    if (ids.length === 0) return;
    const existing = new Set(await scheduler.whichExist(ids, signal));
    await store.forgetSynchronizations(ids.filter((id) => !existing.has(id)));
    after = ids.at(-1) ?? null;
  }
}

/** A channel that is there already serves several files, and synchronizations of one file. */
async function openFor(
  item: PushItem,
  earlyMs: number,
  ports: KeepPorts,
  signal: AbortSignal,
): Promise<'opened' | 'failed'> {
  const { store, tokens } = ports;
  const { synchronizationId, accountId, service } = item;
  try {
    const channelId = await tokens.with(
      accountId,
      service,
      async (accessToken) => {
        const access = { accountId, accessToken };
        const target = await targetOf(item, access, ports, signal);
        const found = await store.findChannel(item, target, earlyMs);
        if (found !== null) return found;
        const opened = await openChannel(service as ChannelService, target, access, ports, signal);
        await store.addChannel(opened.channel, opened.token);
        return opened.channel.id;
      },
      signal,
    );
    await store.useChannel(synchronizationId, channelId);
    return 'opened';
  } catch (error) {
    signal.throwIfAborted();
    // The file is polled all the same; what is wrong with it, or with the connection, its next run tells.
    if (!(error instanceof SyncError)) throw error;
    await store.noteFailure(synchronizationId);
    return 'failed';
  }
}

/** What cannot be stopped ends by itself, or tells of what nobody knows any more. */
async function closeAndForget(channel: PushChannel, ports: KeepPorts, signal: AbortSignal): Promise<void> {
  const { accountId, service } = channel;
  try {
    await ports.tokens.with(
      accountId,
      service,
      (accessToken) => closeChannel(channel, { accountId, accessToken }, ports, signal),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SyncError)) throw error;
  }
  await ports.store.removeChannel(channel.id);
}
