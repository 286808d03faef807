import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type KV, Kvm } from '@nats-io/kv';
import type { Bus } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { type HostState, idleHost } from './host-state.js';
import { type HostStates, localHostStates } from './host-states.js';

const bucketName = 'SOURCE_HOSTS';
/** What nobody has changed for so long is forgotten; no host is left alone for longer. In milliseconds. */
const forgottenAfterMs = 60 * 60_000;
/** How often a change is tried that others were faster with. */
const attemptsMax = 50;
/** After a failure of the bus every process keeps its own states for so long, in milliseconds. */
const aloneMs = 10_000;
/** An answer of the bus that takes longer is not waited for, in milliseconds. */
const answerMsMax = 2_000;

interface Known {
  state: HostState;
  /** Of the bucket's entry; 0 when there is none. */
  revision: number;
}

/**
 * States that all fetchers share, in a bucket of NATS. A change is written only if nobody has written since it was read.
 * While the bus does not answer each process goes by states of its own, so that the limits hold for each of them.
 */
export function sharedHostStates(bus: Bus, log: Logger): HostStates {
  const alone = localHostStates();
  let bucket: Promise<KV> | undefined;
  let aloneUntil = 0;
  const open = (): Promise<KV> =>
    (bucket ??= new Kvm(bus.client).create(bucketName, {
      history: 1,
      ttl: forgottenAfterMs,
      description: 'How much is asked of each host, by all fetchers together',
    }));
  return {
    change: async (host, decide) => {
      if (Date.now() >= aloneUntil) {
        try {
          return await inTime(changeShared(await inTime(open()), keyOf(host), decide));
        } catch (error) {
          bucket = undefined;
          aloneUntil = Date.now() + aloneMs;
          log.warn({ err: error }, 'the limits of hosts are kept by each fetcher for itself');
        }
      }
      return alone.change(host, decide);
    },
  };
}

async function changeShared<T extends object>(
  kv: KV,
  key: string,
  decide: (state: HostState) => T & { readonly state?: HostState },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const known = await read(kv, key);
    const decided = decide(known.state);
    if (decided.state === undefined) return decided;
    const next = JSON.stringify(decided.state);
    try {
      await kv.put(key, next, { previousSeq: known.revision });
      return decided;
    } catch (error) {
      if (!isOutrun(error) || attempt === attemptsMax) throw error;
      await delay(Math.random() * Math.min(attempt, 10) * 2);
    }
  }
}

async function read(kv: KV, key: string): Promise<Known> {
  const entry = await kv.get(key);
  if (entry === null || entry.operation !== 'PUT') return { state: idleHost, revision: entry?.revision ?? 0 };
  return { state: entry.json<HostState>(), revision: entry.revision };
}

/** Host names hold what keys may not. */
function keyOf(host: string): string {
  return createHash('sha256').update(host).digest('hex');
}

/** The server's word for an entry that is no longer of the revision that was read. */
function isOutrun(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 10_071;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the bus did not answer in time')), answerMsMax);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
