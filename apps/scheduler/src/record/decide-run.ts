import { nextSynchronizationState } from '@tidetable/contracts';
import type { Run, Synchronization } from '@tidetable/metadata-db';
import { type CloseReason, reasonToClose } from './close-reason.js';
import { synchronizationClosedEarly } from './closed-early.js';
import type { LockedRun } from './lock-runs.js';
import { type RunEnding, runAfter, synchronizationAfter } from './run-ending.js';
import { linesOfClosing, linesOfEnding, linesOfRequest, linesOfStart, type LogLine } from './run-log.js';

/** What is to be recorded of a run. */
export type RunNews =
  /** A worker holds it; from then on it may take so long. */
  | { readonly kind: 'started'; readonly deadlineSeconds: number }
  /** `onlyOverdue` is the rescuer's: a run whose deadline has not passed, or was set anew meanwhile, is left alone. */
  | { readonly kind: 'ended'; readonly ending: RunEnding; readonly onlyOverdue: boolean }
  /**
   * It is to end early: in any case when that was `asked` for, else where it must not go on, which the rows say once they
   * are locked. The account's state was read before that; should it change, there will be news again.
   */
  | { readonly kind: 'closed'; readonly asked: boolean; readonly isAccountActive: boolean };

/**
 * What recording a piece of news did: changed the run and its synchronization; cancelled the run, as was asked or since it
 * must not go on; or found nothing to do.
 */
export type Recorded = 'recorded' | 'cancelled' | 'nothing';

/** What changes, and what became of each piece of news, in the order in which they were given. */
export interface RunDecision {
  readonly run: Partial<Run>;
  readonly synchronization: Partial<Synchronization>;
  readonly lines: readonly LogLine[];
  /** An error where the news can't be: nothing changes by it. */
  readonly recorded: readonly (Recorded | Error)[];
}

/**
 * Decides what all the news of one open run change together. A start counts before an end, whichever came first; each
 * counts once, the first of its kind; and the end of a run whose start was never heard of counts as well.
 */
export function decideRun(locked: LockedRun, news: readonly RunNews[]): RunDecision {
  const recorded: (Recorded | Error)[] = news.map(() => 'nothing');
  let changes: Changes = { run: {}, synchronization: {}, lines: [] };
  const start = news.findIndex(({ kind }) => kind === 'started');
  const started = start < 0 ? null : startOf(locked, news[start]!);
  if (started !== null) {
    changes = started;
    recorded[start] = 'recorded';
  }
  const end = news.findIndex((each) => isEnd(locked, changes, each));
  if (end >= 0) {
    try {
      const ended = endOf(locked, changes, news[end]!);
      changes = joined(changes, ended);
      recorded[end] = ended.run.outcome === 'cancelled' ? 'cancelled' : 'recorded';
    } catch (error) {
      recorded[end] = error instanceof Error ? error : new Error('not decided', { cause: error });
    }
  }
  return { ...changes, recorded };
}

type Changes = Omit<RunDecision, 'recorded'>;

function startOf({ run, synchronization, now }: LockedRun, news: RunNews): Changes | null {
  const state = nextSynchronizationState(synchronization.state, 'started');
  if (news.kind !== 'started' || run.startedAt !== null || synchronization.deletedAt !== null) return null;
  if (state === null) return null;
  const deadlineAt = new Date(now.getTime() + news.deadlineSeconds * 1_000);
  return {
    run: { startedAt: now, deadlineAt },
    synchronization: { state },
    lines: [...linesOfRequest(run), ...linesOfStart(now)],
  };
}

/** Whether this ends the run: an end whose time has come, or a reason to close it early. */
function isEnd(locked: LockedRun, { run: { deadlineAt } }: Changes, news: RunNews): boolean {
  switch (news.kind) {
    case 'started':
      return false;
    case 'ended':
      return !news.onlyOverdue || (deadlineAt ?? locked.run.deadlineAt) <= locked.now;
    case 'closed':
      return reasonOf(locked, news) !== null;
  }
}

/** Why this ends the run early; `null` where the run may come to its own end. */
function reasonOf({ run, synchronization }: LockedRun, news: RunNews): CloseReason | null {
  if (news.kind !== 'closed') return synchronization.deletedAt === null ? null : 'deleted';
  return reasonToClose(run, synchronization, news.isAccountActive) ?? (news.asked ? 'asked' : null);
}

/** @throws when the state machine knows no such end. */
function endOf(locked: LockedRun, before: Changes, news: RunNews): Changes {
  const { run, now } = locked;
  const synchronization = { ...locked.synchronization, ...before.synchronization };
  const request = run.startedAt === null && before.lines.length === 0 ? linesOfRequest(run) : [];
  const reason = reasonOf(locked, news);
  if (reason !== null) {
    const after = synchronizationClosedEarly(synchronization, run, reason, now);
    // Nobody reads the log of what was deleted.
    const lines = reason === 'deleted' ? [] : [...request, ...linesOfClosing(reason, after, now)];
    return { run: { outcome: 'cancelled', finishedAt: now }, synchronization: after, lines };
  }
  if (news.kind !== 'ended') throw new Error('no end of a run');
  const after = synchronizationAfter(synchronization, run, news.ending, now);
  return {
    run: runAfter(news.ending, now),
    synchronization: after,
    lines: [...request, ...linesOfEnding(news.ending, after, now)],
  };
}

function joined(first: Changes, second: Changes): Changes {
  return {
    run: { ...first.run, ...second.run },
    synchronization: { ...first.synchronization, ...second.synchronization },
    lines: [...first.lines, ...second.lines],
  };
}
