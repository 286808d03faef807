import { presentFailure } from '../synchronizations/present-synchronization.js';
import type { RunRow } from './run-row.js';
import type { RunBody, RunSummaryBody } from './run-schema.js';

/** A stored run as lists show it. */
export function presentRunSummary(run: RunRow): RunSummaryBody {
  const { report } = run;
  return {
    id: run.id,
    synchronization_id: run.synchronizationId,
    number: run.runNumber,
    trigger: run.trigger,
    state: stateOf(run),
    outcome: run.outcome,
    unchanged_by: run.unchangedBy,
    failure: presentFailure(run.failureCode, run.failureDetail),
    requested_at: run.requestedAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
    timings: {
      queued_ms: between(run.requestedAt, run.startedAt),
      fetch_ms: report?.fetchMs ?? null,
      load_ms: report?.loadMs ?? null,
      index_ms: report?.indexMs ?? null,
      swap_ms: report?.swapMs ?? null,
      total_ms: between(run.requestedAt, run.finishedAt),
    },
    source:
      run.sourceSha256 === null
        ? null
        : { sha256: run.sourceSha256, bytes: run.sourceBytes === null ? null : Number(run.sourceBytes) },
    rows: report?.rows ?? null,
    rejected_rows: report?.rejectedRows ?? null,
    warnings_count: report?.warnings.length ?? 0,
  };
}

/** A stored run with all that is known of it; `rowsBefore` is what the import before it had. */
export function presentRun(run: RunRow, rowsBefore: number | null): RunBody {
  const { report } = run;
  const address = `/synchronizations/${run.synchronizationId}/runs/${run.id}`;
  return {
    ...presentRunSummary(run),
    table: report === null ? null : { schema: report.schema, name: report.table },
    rows_before: report === null ? null : rowsBefore,
    geometries: report?.geometries ?? null,
    columns: (report?.columns ?? []).map(({ name, type, header, why }) => ({
      name,
      type,
      header,
      why: why ?? null,
    })),
    warnings: report?.warnings ?? [],
    links: { log: `/api/v2${address}/log`, rejects: `/api/v1${address}/rejects` },
  };
}

function stateOf({ outcome, startedAt }: Pick<RunRow, 'outcome' | 'startedAt'>): RunSummaryBody['state'] {
  if (outcome !== null) return 'ended';
  return startedAt === null ? 'queued' : 'running';
}

/** Clocks of two hosts may differ by more than what lies between. */
function between(from: Date, to: Date | null): number | null {
  return to === null ? null : Math.max(0, to.getTime() - from.getTime());
}
