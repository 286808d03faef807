import { runEventMessageId, runRequestedV1Subject } from '@tidetable/contracts';
import { retriedTimesMax } from '../src/record/next-run.js';
import type { Metadata } from './fixture.js';

export interface Limits {
  readonly accountRunsMax: number;
  readonly hostRunsMax: number;
}

/** What must never be found, each by a query that finds it. */
const never: Record<string, string> = {
  'two open runs of one synchronization': `
    SELECT synchronization_id FROM runs WHERE outcome IS NULL GROUP BY 1 HAVING count(*) > 1`,
  'a queued one without an open run that waits, or a syncing one without one that was started': `
    SELECT s.id FROM synchronizations s
     WHERE s.deleted_at IS NULL AND s.state IN ('queued', 'syncing')
       AND NOT EXISTS (SELECT FROM runs r WHERE r.synchronization_id = s.id AND r.outcome IS NULL
                          AND (r.started_at IS NULL) = (s.state = 'queued'))`,
  'an open run of one that rests': `
    SELECT r.id FROM runs r JOIN synchronizations s ON s.id = r.synchronization_id
     WHERE r.outcome IS NULL AND s.state NOT IN ('queued', 'syncing')`,
  'one without an exit': `
    SELECT s.id FROM synchronizations s JOIN accounts a ON a.id = s.account_id AND a.state = 'active'
     WHERE s.deleted_at IS NULL AND s.due_at IS NULL
       AND NOT EXISTS (SELECT FROM runs r WHERE r.synchronization_id = s.id AND r.outcome IS NULL
                          AND r.deadline_at IS NOT NULL)
       AND NOT (s.stopped AND s.state = 'failure' AND s.failure_code IS NOT NULL)`,
  'one that was stopped without a word in its log': `
    SELECT s.id FROM synchronizations s
     WHERE s.stopped AND NOT EXISTS (SELECT FROM run_log l WHERE l.log_id = s.log_id AND l.level = 'error')`,
  'more failures than are counted': `
    SELECT id FROM synchronizations WHERE retried_times NOT BETWEEN 0 AND ${retriedTimesMax}`,
  'a run number that is not the last one': `
    SELECT s.id FROM synchronizations s
     WHERE s.runs_count <> (SELECT count(*) FROM runs r WHERE r.synchronization_id = s.id)`,
  'an outbox row of no run': `
    SELECT o.id FROM outbox o LEFT JOIN runs r ON o.message_id = replace('{message}', '{runId}', r.id::text)
     WHERE r.id IS NULL`,
  'a run that was announced twice': `
    SELECT payload->>'runId' FROM outbox GROUP BY 1 HAVING count(*) > 1`,
  'one that waits for two things': `SELECT id FROM synchronizations WHERE held AND held_by_host`,
  'one that runs and is set aside': `
    SELECT id FROM synchronizations WHERE (held OR held_by_host) AND state IN ('queued', 'syncing')`,
};

const tooMany = (key: string, most: string): string => `
  SELECT ${key} FROM runs r JOIN synchronizations s ON s.id = r.synchronization_id
   WHERE r.outcome IS NULL AND s.deleted_at IS NULL GROUP BY 1 HAVING count(*) > ${most}`;

/** The names of what must not be and is; all is looked for in one snapshot. */
export async function brokenInvariants(
  metadata: Metadata,
  { accountRunsMax, hostRunsMax }: Limits,
): Promise<string[]> {
  const pattern = runEventMessageId(runRequestedV1Subject, '{runId}');
  const all = {
    ...never,
    'too many runs of an account': tooMany('s.account_id', String(accountRunsMax)),
    'too many runs of a host': tooMany('source_host(s.url, s.service_name)', String(hostRunsMax)),
  };
  const looks = Object.entries(all).map(
    ([name, query]) => `SELECT '${name}' AS name WHERE EXISTS (${query.replace('{message}', pattern)})`,
  );
  return (await metadata.rows<{ name: string }>(looks.join(' UNION ALL '))).map(({ name }) => name);
}
