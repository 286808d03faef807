import type { DataSource } from 'typeorm';

/** What waits in the metadata database. */
export interface Backlog {
  /** 0 when nothing that may be claimed is due. */
  readonly dueAgeSeconds: number;
  readonly outboxMessages: number;
  readonly openRuns: number;
  readonly heldSynchronizations: number;
}

/** No count goes further, so that reading costs the same however long the queues are. */
const countMax = 100_000;

const read = `
SELECT coalesce((SELECT greatest(extract(epoch FROM statement_timestamp() - due_at), 0)
                   FROM synchronizations
                  WHERE NOT held AND due_at IS NOT NULL
                  ORDER BY due_at LIMIT 1), 0)::float8 AS "dueAgeSeconds",
       (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS m)::integer AS "outboxMessages",
       (SELECT count(*) FROM (SELECT FROM runs WHERE outcome IS NULL LIMIT $1) AS r)::integer AS "openRuns",
       (SELECT count(*) FROM (SELECT FROM synchronizations WHERE held AND due_at IS NOT NULL LIMIT $1) AS s)::integer
         AS "heldSynchronizations"`;

/** Reads the backlog by indexes alone, and takes no lock. */
export async function readBacklog(database: DataSource): Promise<Backlog> {
  const [backlog] = await database.query<[Backlog]>(read, [countMax]);
  return backlog;
}
