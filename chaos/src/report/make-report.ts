import { type CausedFault } from '../faults/cause-faults.js';
import { type Load } from '../load/use-api.js';
import { type ChaosOptions } from '../options.js';
import { type ChaosSystem } from '../system/start-system.js';
import { type Settling } from '../verify/settle.js';
import { type Watch } from '../watch/watch-tables.js';
import { type EndedRun, recoveriesOf, type Recovery } from './recovery.js';

/** All that a run of chaos came to. */
export interface ChaosReport extends ChaosOptions {
  readonly passed: boolean;
  readonly violations: readonly string[];
  readonly faults: number;
  readonly recoveries: readonly Recovery[];
  /** Runs by how they ended; failures by their codes. */
  readonly runs: Readonly<Record<string, number>>;
  readonly refreshesPerSecond: number;
  readonly live: number;
  readonly deleted: number;
  readonly apiRequests: { readonly answered: number; readonly failed: number };
  readonly sights: number;
  readonly ownEnds: number;
  /** Files that fetchers were writing when they were killed; the sweeper takes them when they are an hour old. */
  readonly partialFiles: number;
  readonly deadMessages: number;
  readonly settling: Settling;
}

/** Sums up what happened between two moments. */
export async function makeReport(
  options: ChaosOptions,
  system: ChaosSystem,
  happened: {
    violations: readonly string[];
    deadMessages: number;
    faults: readonly CausedFault[];
    load: Load;
    watch: Watch;
    settling: Settling;
    beganAt: Date;
    endedAt: Date;
  },
): Promise<ChaosReport> {
  const { violations, deadMessages, faults, load, watch, settling, beganAt, endedAt } = happened;
  const runs = await readRuns(system);
  const during = runs.filter(({ finishedAtMs }) => finishedAtMs <= endedAt.getTime());
  const good = during.filter(({ isGood }) => isGood).length;
  return {
    ...options,
    passed: violations.length === 0,
    violations,
    faults: faults.length,
    recoveries: recoveriesOf(faults, runs),
    runs: await countRuns(system),
    refreshesPerSecond: Number(((1000 * good) / (endedAt.getTime() - beganAt.getTime())).toFixed(1)),
    ...(await countSynchronizations(system)),
    apiRequests: load.customers
      .map((customer) => customer.counts())
      .reduce((sum, each) => ({ answered: sum.answered + each.answered, failed: sum.failed + each.failed })),
    sights: watch.sights(),
    ownEnds: system.ownEnds(),
    partialFiles: system.stagingDisk.partialFiles().length,
    deadMessages,
    settling,
  };
}

async function readRuns({ metadata }: ChaosSystem): Promise<EndedRun[]> {
  const { rows } = await metadata.query<{ requested: Date; finished: Date; outcome: string }>(
    `SELECT requested_at AS requested, finished_at AS finished, outcome FROM runs WHERE outcome IS NOT NULL`,
  );
  return rows.map(({ requested, finished, outcome }) => ({
    requestedAtMs: requested.getTime(),
    finishedAtMs: finished.getTime(),
    isGood: outcome === 'imported' || outcome === 'unchanged',
  }));
}

async function countRuns({ metadata }: ChaosSystem): Promise<Record<string, number>> {
  const { rows } = await metadata.query<{ end: string; runs: number }>(
    `SELECT coalesce(failure_code, outcome, 'open') AS end, count(*)::int AS runs FROM runs GROUP BY 1 ORDER BY 2 DESC`,
  );
  return Object.fromEntries(rows.map(({ end, runs }) => [end, runs]));
}

async function countSynchronizations({ metadata }: ChaosSystem): Promise<{ live: number; deleted: number }> {
  const { rows } = await metadata.query<{ live: number; deleted: number }>(
    `SELECT count(*) FILTER (WHERE deleted_at IS NULL)::int AS live,
       count(*) FILTER (WHERE deleted_at IS NOT NULL)::int AS deleted FROM synchronizations`,
  );
  return rows[0]!;
}
