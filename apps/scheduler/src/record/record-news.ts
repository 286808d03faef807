import type { Run, Synchronization } from '@tidetable/metadata-db';
import type { DataSource, EntityManager } from 'typeorm';
import type { RunReference } from '../run-reference.js';
import { announceRoom } from './announce-room.js';
import { decideRun, type Recorded, type RunDecision, type RunNews } from './decide-run.js';
import { type LockedRun, lockOpenRuns } from './lock-runs.js';
import { tellWebhooks } from './tell-webhooks.js';
import {
  type LoggedLine,
  type RowChange,
  updateRuns,
  updateSynchronizations,
  writeLog,
} from './write-changes.js';

/** A piece of news and the run that it is about. */
export interface News extends RunReference {
  readonly news: RunNews;
}

/** A synchronization whose state has changed, and whose it is. */
export interface ChangedSynchronization {
  readonly accountId: string;
  readonly synchronizationId: string;
}

/** Called once what has changed is there for everybody to see. Must not fail. */
export type OnChanged = (changed: readonly ChangedSynchronization[]) => void;

/**
 * Records what became of many runs, in one short transaction with six statements however many there are: runs, their
 * synchronizations, the next `run_at`, the log, and what webhooks are told. Each run's start and end count once, whoever tells them again, and in
 * whatever order; whoever comes second (a doubled event, a worker after the rescuer, the rescuer after a worker) changes
 * nothing. When a synchronization was deleted meanwhile its run is `cancelled`.
 *
 * Any number may record at the same time. Answers for each piece of news, in order, what became of it; an error for one
 * that cannot be, which then keeps nothing else from being recorded.
 *
 * @throws when the database refused or did not answer; nothing is recorded then.
 */
export async function recordNews(
  database: DataSource,
  all: readonly News[],
  onChanged: OnChanged = () => undefined,
): Promise<readonly (Recorded | Error)[]> {
  const results: (Recorded | Error)[] = all.map(() => 'nothing');
  const { runs, positions } = byRun(all);
  let changed: ChangedSynchronization[] = [];
  await database.transaction(async (manager) => {
    const decisions = (await lockOpenRuns(manager, runs)).map((locked) => {
      const { run, synchronization } = locked;
      const own =
        positions.get(run.id)?.filter((at) => all[at]!.synchronizationId === synchronization.id) ?? [];
      const decision = decideRun(
        locked,
        own.map((at) => all[at]!.news),
      );
      own.forEach((position, at) => (results[position] = decision.recorded[at]!));
      return { locked, decision };
    });
    await write(manager, decisions);
    changed = decisions
      .filter(({ decision }) => Object.keys(decision.run).length > 0)
      .map(
        ({
          locked: {
            synchronization: { accountId, id: synchronizationId },
          },
        }) => ({ accountId, synchronizationId }),
      );
  });
  onChanged(changed);
  return results;
}

interface Decided {
  readonly locked: LockedRun;
  readonly decision: RunDecision;
}

async function write(manager: EntityManager, decisions: readonly Decided[]): Promise<void> {
  const runs: RowChange<Run>[] = [];
  const synchronizations: RowChange<Synchronization>[] = [];
  const lines: LoggedLine[] = [];
  const ended: LockedRun['synchronization'][] = [];
  for (const { locked, decision } of decisions) {
    const { run, synchronization } = locked;
    runs.push({ id: run.id, changes: decision.run });
    synchronizations.push({ id: synchronization.id, changes: decision.synchronization });
    for (const { at, level, message } of decision.lines) {
      lines.push({ log_id: synchronization.logId, run_id: run.id, at, level, message });
    }
    if (decision.run.outcome !== undefined) ended.push(synchronization);
  }
  await updateRuns(manager, runs);
  await updateSynchronizations(manager, synchronizations);
  await writeLog(manager, lines);
  await tellWebhooks(manager, decisions);
  await announceRoom(manager, ended);
}

/** The runs that the news are about, each once, and where the news of each are. */
function byRun(all: readonly News[]): { runs: RunReference[]; positions: Map<string, number[]> } {
  const runs: RunReference[] = [];
  const positions = new Map<string, number[]>();
  all.forEach((each, at) => {
    const found = positions.get(each.runId) ?? [];
    // One that is said to be of several synchronizations is looked for as each of them.
    const isKnown = found.some((other) => all[other]!.synchronizationId === each.synchronizationId);
    if (!isKnown) runs.push(each);
    if (found.push(at) === 1) positions.set(each.runId, found);
  });
  return { runs, positions };
}
