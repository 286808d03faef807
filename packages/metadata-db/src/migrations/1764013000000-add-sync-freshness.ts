import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How fresh every table is, for operators and their dashboards, in one place. */
export class AddSyncFreshness1764013000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP VIEW sync_freshness');
  }
}

/*
 * fresh_at: when the table was last known to hold what its file held, whether that was loaded then or found unchanged.
 * late_seconds: by how much the table is older than it may be, which is its interval and as much again for the refresh.
 */
const up = `
CREATE VIEW sync_freshness AS
SELECT a.username AS account,
       s.id AS synchronization_id,
       s.name AS table_name,
       s.state,
       f.fresh_at,
       extract(epoch FROM statement_timestamp() - f.fresh_at)::bigint AS age_seconds,
       s.interval_seconds,
       greatest(extract(epoch FROM statement_timestamp() - coalesce(f.fresh_at, s.created_at))::bigint
                - 2 * s.interval_seconds::bigint, 0) AS late_seconds,
       CASE WHEN s.stopped THEN NULL ELSE s.run_at END AS next_run_at,
       s.stopped,
       s.retried_times,
       s.failure_code
  FROM synchronizations s
  JOIN accounts a ON a.id = s.account_id
 CROSS JOIN LATERAL (SELECT CASE WHEN s.imported_at IS NOT NULL THEN s.ran_at END AS fresh_at) AS f
 WHERE s.deleted_at IS NULL AND a.state = 'active'`;
