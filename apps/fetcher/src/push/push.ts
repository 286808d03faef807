import type { PushState, RunDescription, StorageService } from '@tidetable/contracts';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { Pool } from 'pg';
import type { AccessTokens } from '../connections/access-tokens.js';
import type { FetcherEnv } from '../fetcher.env.js';
import type { ServiceCallOptions } from '../providers/ask-service.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import type { KeepPorts } from './keep-channels.js';
import { boxSignatureKeys, pushStates } from './push-states.js';
import { PushStore } from './push-store.js';
import type { ReceivePorts } from './receive-push.js';

/** An advisory lock's key: one fetcher of all looks after the channels. */
const keeperLockKey = 5_120_377_463;

/** Everything about notifications of services. */
export interface Push extends KeepPorts, ReceivePorts {
  readonly scheduler: SchedulerClient;
  readonly states: Readonly<Record<StorageService, PushState>>;
  /** How often channels are looked after, in milliseconds. */
  readonly intervalMs: number;
  /** Remembers that the file of a run is to be watched, where its service can. */
  readonly note: (run: RunDescription) => Promise<void>;
  /** Says who is to be woken. */
  readonly onWake: (wake: () => void) => void;
  /** Works while no other fetcher does this; `null` when one does. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T | null>;
}

/** What it is made from. */
export interface PushParts {
  readonly env: FetcherEnv;
  readonly database: Pool;
  readonly tokens: AccessTokens;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ServiceCallOptions;
  readonly scheduler: SchedulerClient;
}

export function createPush({ env, database, tokens, providers, calls, scheduler }: PushParts): Push {
  const store = new PushStore(database);
  const states = pushStates(env, providers);
  let wake: () => void = () => undefined;
  return {
    ...{ store, states, tokens, providers, calls, scheduler },
    boxKeys: boxSignatureKeys(env),
    addressOf: (service) => `${env.PUBLIC_URL ?? ''}/api/v1/push/${service}`,
    channelLifeMs: env.PUSH_CHANNEL_LIFE_MS,
    retryMs: env.PUSH_KEEP_INTERVAL_MS,
    intervalMs: env.PUSH_KEEP_INTERVAL_MS,
    wakeKeeper: () => wake(),
    onWake: (given) => (wake = given),
    note: async ({ synchronizationId, source }) => {
      if (source.kind !== 'service' || source.service === 'dropbox' || states[source.service] !== 'on')
        return;
      if (await store.note({ synchronizationId, ...source })) wake();
    },
    alone: (work) => alone(database, work),
  };
}

async function alone<T>(database: Pool, work: () => Promise<T>): Promise<T | null> {
  const client = await database.connect();
  const onEnded = (): void => undefined;
  client.on('error', onEnded);
  let isLocked = false;
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      keeperLockKey,
    ]);
    isLocked = rows[0]?.locked === true;
    return isLocked ? await work() : null;
  } finally {
    client.off('error', onEnded);
    // The lock goes with the session.
    client.release(isLocked);
  }
}
