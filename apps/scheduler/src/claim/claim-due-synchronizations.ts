import { runEventMessageId, runRequestedV1Subject } from '@tidetable/contracts';
import type { DataSource } from 'typeorm';
import { claimStatement, type SetAside } from './claim-statement.js';

/**
 * Held by whoever claims, until its transaction ends: limits of runs in flight are counted by one at a time. What is set
 * aside is looked at on the way; in the order of an index, so that no plan looks for it among all rows.
 */
const claimLock = `
SELECT pg_try_advisory_xact_lock(7416002) AS locked,
       (SELECT id FROM synchronizations WHERE held AND due_at IS NOT NULL
         ORDER BY account_id, due_at LIMIT 1) IS NOT NULL AS "behindAccounts",
       (SELECT id FROM synchronizations WHERE held_by_host AND due_at IS NOT NULL
         ORDER BY source_host(url, service_name), account_id, due_at LIMIT 1) IS NOT NULL AS "behindHosts"`;

/** Stands for the run's id in the pattern of the message id that the statement is given. */
const runIdMark = '{runId}';

/** How much is claimed. */
export interface ClaimLimits {
  /** At a time. */
  readonly batch: number;
  /** Runs in flight of each account that has no number of its own. */
  readonly accountRunsMax: number;
  /** Runs in flight of each source host; 0 for as many as there are. */
  readonly hostRunsMax: number;
}

/** What a claim did; both zero says that nothing more may run now. */
export interface Claimed {
  readonly claimed: number;
  /** Set aside until a run of the same account or the same source host ends. */
  readonly held: number;
  /** Those of the claimed that somebody waits for: they are new, or were asked for by hand. */
  readonly asked: readonly { readonly accountId: string; readonly synchronizationId: string }[];
}

const nothing: Claimed = { claimed: 0, held: 0, asked: [] };

/**
 * Claims due synchronizations of active accounts: each becomes `queued` and gets an open run and the outbox row of its
 * `sync.run.requested.v1`, all at once. No account and no source host gets more runs in flight than it may have. Any
 * number of schedulers may claim at the same time: none is claimed twice, and one that comes while another is at it does
 * nothing.
 */
export async function claimDueSynchronizations(
  database: DataSource,
  { batch, accountRunsMax, hostRunsMax }: ClaimLimits,
  runDeadlineSeconds: number,
): Promise<Claimed> {
  return database.transaction(async (manager) => {
    const [lock] = await manager.query<(SetAside & { locked: boolean })[]>(claimLock);
    if (lock?.locked !== true) return nothing;
    const [row] = await manager.query<Claimed[]>(claimStatement(lock), [
      batch,
      runDeadlineSeconds,
      runRequestedV1Subject,
      runEventMessageId(runRequestedV1Subject, runIdMark),
      runIdMark,
      accountRunsMax,
      hostRunsMax === 0 ? null : hostRunsMax,
    ]);
    return row ?? nothing;
  });
}
