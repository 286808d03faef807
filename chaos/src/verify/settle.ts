import { setTimeout as pause } from 'node:timers/promises';
import { type Load } from '../load/use-api.js';
import { type Sources } from '../sources/serve-sources.js';
import { type ChaosSystem } from '../system/start-system.js';
import { collectLeftovers, collectStates } from './collect-facts.js';
import { judgeState } from './judge-facts.js';

/** How long it took after the last fault; `null` where the bound came first. */
export interface Settling {
  readonly statesTrueAfterMs: number | null;
  readonly nothingLeftAfterMs: number | null;
}

/** Longer than a run may take until it is closed as lost, and one interval and a failure more. */
const statesBoundMs = 240_000;
const leftoversBoundMs = 60_000;
const lookEveryMs = 1_000;
/** Far enough away that nothing becomes due while it is verified. */
const restIntervalSeconds = 86_400;

/**
 * Waits until every source was looked at since it came to rest and every state is true, asking by hand for a refresh where the schedule has stopped, as its owner would; then
 * makes every interval long, and waits until nothing is under way. Resolves in bounded time in any case.
 */
export async function settle(
  system: ChaosSystem,
  sources: Sources,
  load: Load,
  atRestSince: Date,
): Promise<Settling> {
  const startedAt = performance.now();
  let looks = 0;
  const statesTrueAfterMs = await until(statesBoundMs, startedAt, async () => {
    const untrue = (await collectStates(system, sources)).filter(
      (each) =>
        !each.isDeleted &&
        (judgeState(each).length > 0 || !((each.lastRun?.requestedAtMs ?? 0) > atRestSince.getTime())),
    );
    looks += 1;
    if (looks % 5 === 1)
      for (const { id, username } of untrue) await customerNamed(load, username).syncNow(id);
    return untrue.length === 0;
  });
  await rest(load);
  const restedAt = performance.now();
  const nothingLeftAfterMs = await until(leftoversBoundMs, restedAt, async () => {
    const { deadMessages: _stayed, ...leftovers } = await collectLeftovers(system);
    return Object.values(leftovers).every((left) => left === 0 || (Array.isArray(left) && left.length === 0));
  });
  return { statesTrueAfterMs, nothingLeftAfterMs };
}

async function until(
  boundMs: number,
  startedAt: number,
  fact: () => Promise<boolean>,
): Promise<number | null> {
  while (performance.now() - startedAt < boundMs) {
    if (await fact().catch(() => false)) return Math.round(performance.now() - startedAt);
    await pause(lookEveryMs);
  }
  return null;
}

async function rest({ customers }: Load): Promise<void> {
  for (const customer of customers) {
    for (const { id } of (await customer.list()) ?? [])
      await customer.change(id, { interval: restIntervalSeconds });
  }
}

function customerNamed({ customers }: Load, username: string): Load['customers'][number] {
  return customers.find(({ account }) => account.username === username)!;
}
