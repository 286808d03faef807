/** Synchronizations by the million, set by set, as the api and a first run would have left them. */

/** The id of number `n`, in SQL: as ids are in earnest, nothing about them follows from when the row was made. */
const idOf = `(left(md5(n::text), 12) || '4' || substr(md5(n::text), 14, 3) || '8' || substr(md5(n::text), 18, 7) || lpad(to_hex(n), 8, '0'))::uuid`;

/** So many of them has an account. */
const tablesOfAccount = 20;

/**
 * Empties the metadata, and makes `rows` synchronizations, whose ids count up from 1; `runAt` is SQL for when the one with
 * number `n` is due next, `intervalSeconds` SQL for its interval.
 */
export async function seedSynchronizations(pool, rows, runAt, intervalSeconds = '3600') {
  await pool.query('TRUNCATE accounts, outbox RESTART IDENTITY CASCADE');
  await pool.query(
    `INSERT INTO accounts (id, username)
     SELECT lpad(to_hex(n), 32, '0')::uuid, 'account-' || n FROM generate_series(0, $1::integer / $2) AS n`,
    [rows, tablesOfAccount],
  );
  await pool.query(
    `INSERT INTO synchronizations
       (id, account_id, url, interval_seconds, state, name, run_at, attempted_at, runs_count,
        source_etag, source_sha256, source_bytes, imported_at)
     SELECT ${idOf},
            lpad(to_hex((hashint4(n) & 2147483647) % ($1::integer / $2 + 1)), 32, '0')::uuid,
            'https://data-' || n % 5000 || '.example.org/' || n || '.csv', ${intervalSeconds}, 'success', 'table_' || n, ${runAt},
            now() - interval '1 hour', 1, '"1"', repeat('1', 64), 42, now() - interval '1 hour'
       FROM generate_series(1, $1::integer) AS n`,
    [rows, tablesOfAccount],
  );
  await pool.query('VACUUM ANALYZE accounts, synchronizations, runs, run_log, outbox');
  await pool.query('CHECKPOINT');
}

/** Makes number 1 due at `start`, and each of the `total` next ones `everySeconds` after the one before. */
export async function spreadDue(pool, start, total, everySeconds) {
  await pool.query(
    `UPDATE synchronizations SET run_at = $1::timestamptz + n * $3::float8 * interval '1 second'
       FROM generate_series(1, $2::integer) AS n WHERE id = ${idOf}`,
    [start.toISOString(), total, everySeconds],
  );
  await pool.query('VACUUM ANALYZE synchronizations');
}

/** The number of a synchronization that was seeded, from its id. */
export const numberOf = (synchronizationId) => Number.parseInt(synchronizationId.slice(-8), 16);
