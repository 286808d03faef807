import { type CausedFault } from '../faults/cause-faults.js';
import { describeFault } from '../faults/fault.js';

/** A run that ended, with its moments in milliseconds since 1970. */
export interface EndedRun {
  readonly requestedAtMs: number;
  readonly finishedAtMs: number;
  readonly isGood: boolean;
}

/** What faults of one kind came to. */
export interface Recovery {
  readonly fault: string;
  readonly times: number;
  /** From the end of a fault until a run that was asked for afterwards had ended well, the longest. */
  readonly untilGoodRunMs: number;
  /** How long a run took that was open during such a fault, the longest. */
  readonly longestRunMs: number;
}

/** Sums up by kind of fault, in the order of their descriptions. A fault that no good run followed is left out of the time. */
export function recoveriesOf(faults: readonly CausedFault[], runs: readonly EndedRun[]): Recovery[] {
  const byKind = new Map<string, CausedFault[]>();
  for (const each of faults) {
    const kind = describeFault(each.fault);
    byKind.set(kind, [...(byKind.get(kind) ?? []), each]);
  }
  return [...byKind]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([fault, caused]) => ({
      fault,
      times: caused.length,
      untilGoodRunMs: Math.max(0, ...caused.map(({ endedAt }) => untilGoodRun(endedAt.getTime(), runs) ?? 0)),
      longestRunMs: Math.max(0, ...caused.map((each) => longestRunDuring(each, runs))),
    }));
}

function untilGoodRun(endedAtMs: number, runs: readonly EndedRun[]): number | undefined {
  const ends = runs
    .filter(({ requestedAtMs, isGood }) => isGood && requestedAtMs >= endedAtMs)
    .map(({ finishedAtMs }) => finishedAtMs - endedAtMs);
  return ends.length === 0 ? undefined : ends.reduce((a, b) => Math.min(a, b));
}

function longestRunDuring({ beganAt, endedAt }: CausedFault, runs: readonly EndedRun[]): number {
  return runs
    .filter(
      ({ requestedAtMs, finishedAtMs }) =>
        requestedAtMs <= endedAt.getTime() && finishedAtMs >= beganAt.getTime(),
    )
    .reduce((longest, { requestedAtMs, finishedAtMs }) => Math.max(longest, finishedAtMs - requestedAtMs), 0);
}
