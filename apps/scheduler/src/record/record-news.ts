import type { DataSource, EntityManager } from 'typeorm';
import type { RunReference } from '../run-reference.js';
import { announceRoom } from './announce-room.js';
import { decideRun, type Recorded, type RunDecision, type RunNews } from './decide-run.js';
import { type LockedRun, lockOpenRuns } from './lock-runs.js';
import { tellWebhooks } from './tell-webhooks.js';
import { updateRuns, updateSynchronizations, writeLog } from './write-changes.js';

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
  const ofRuns = byRun(all);
  let changed: ChangedSynchronization[] = [];
  await database.transaction(async (manager) => {
    const locked = await lockOpenRuns(
      manager,
      [...ofRuns.values()].map(([first]) => all[first!]!),
    );
    const decisions = [...locked].map(([runId, run]) => {
      const positions = ofRuns.get(keyOf({ runId, synchronizationId: run.synchronization.id })) ?? [];
      const decision = decideRun(
        run,
        positions.map((at) => all[at]!.news),
      );
      positions.forEach((position, at) => (results[position] = decision.recorded[at]!));
      return { locked: run, decision };
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

async function write(
  manager: EntityManager,
  decisions: readonly { locked: LockedRun; decision: RunDecision }[],
): Promise<void> {
  await updateRuns(
    manager,
    decisions.map(({ locked, decision }) => ({ id: locked.run.id, changes: decision.run })),
  );
  await updateSynchronizations(
    manager,
    decisions.map(({ locked, decision }) => ({
      id: locked.synchronization.id,
      changes: decision.synchronization,
    })),
  );
  await writeLog(
    manager,
    decisions.flatMap(({ locked: { run, synchronization }, decision }) =>
      decision.lines.map((line) => ({ ...line, logId: synchronization.logId, runId: run.id })),
    ),
  );
  await tellWebhooks(manager, decisions);
  await announceRoom(
    manager,
    decisions.flatMap(({ locked, decision }) =>
      decision.run.outcome === undefined ? [] : [locked.synchronization],
    ),
  );
}

/** Where the news of each run are. A run that is said to be of two synchronizations is told apart by them. */
function byRun(all: readonly News[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  all.forEach((each, at) => {
    const key = keyOf(each);
    const found = positions.get(key);
    if (found === undefined) positions.set(key, [at]);
    else found.push(at);
  });
  return positions;
}

const keyOf = ({ runId, synchronizationId }: RunReference): string => `${runId}/${synchronizationId}`;
