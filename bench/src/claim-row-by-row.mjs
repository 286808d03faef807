/** Claims as a queue in a table is usually read: rows are locked and skipped together, then each is changed by itself. */
import { randomUUID } from 'node:crypto';

/** Claims up to `batch` due synchronizations in one transaction, with their runs and outbox rows; limits are not looked at. */
export async function claimRowByRow(pool, batch, runDeadlineSeconds) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      `SELECT id, runs_count FROM synchronizations
        WHERE NOT held AND due_at <= statement_timestamp() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [batch],
    );
    for (const { id, runs_count: runsCount } of rows) {
      const runId = randomUUID();
      const { rows: claimed } = await client.query({
        name: 'claim',
        text: `UPDATE synchronizations SET state = 'queued', attempted_at = clock_timestamp(), runs_count = runs_count + 1
                WHERE id = $1 RETURNING attempted_at`,
        values: [id],
      });
      const requestedAt = claimed[0].attempted_at;
      await client.query({
        name: 'run',
        text: `INSERT INTO runs (id, synchronization_id, run_number, trigger, requested_at, deadline_at)
               VALUES ($1, $2, $3, 'schedule', $4, $4::timestamptz + make_interval(secs => $5))`,
        values: [runId, id, runsCount + 1, requestedAt, runDeadlineSeconds],
      });
      await client.query({
        name: 'announce',
        text: 'INSERT INTO outbox (message_id, subject, payload) VALUES ($1, $2, $3)',
        values: [
          `${runId}:sync.run.requested.v1`,
          'sync.run.requested.v1',
          { runId, synchronizationId: id, runNumber: runsCount + 1, requestedAt },
        ],
      });
    }
    await client.query('COMMIT');
    return rows.length;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
