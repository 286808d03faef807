/**
 * A day of an installation with 100,000 tables, sixty times as fast: in 24 minutes two real schedulers, a durable
 * PostgreSQL and NATS work through about a million runs. One in fifty sources is slow, one run in twenty fails, and every
 * component is killed (-9) and comes back again and again. At the end nothing may be lost, doubled or stuck. How late each
 * run was is drawn.
 *
 * Usage: npm run bench:day [-- MINUTES [ROWS]]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { drawDay } from './draw-day.mjs';
import { keepRunning } from './keep-running.mjs';
import { record } from './measure.mjs';
import { seedSynchronizations } from './seed-synchronizations.mjs';
import { startScheduler, startServers, startWorkers } from './scheduling.mjs';

const minutes = Number(process.argv[2] ?? 24);
const rows = Number(process.argv[3] ?? 100_000);
const speed = 60;
/** Of fifty tables, in seconds of the day: one each quarter of an hour, fourteen hourly, twenty each six hours, others daily. */
const intervals = `CASE WHEN n % 50 < 1 THEN 15 WHEN n % 50 < 15 THEN 60 WHEN n % 50 < 35 THEN 360 ELSE 1440 END`;
/** Each component is killed once in so many seconds, one after the other. */
const killEverySeconds = 35;
const settleSecondsMax = 400;
const runDeadlineSeconds = 300;

const log = (text) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);

/** Lateness is noted where it arises: as a row is claimed, by how much that is after it was due. */
const noteLateness = `
CREATE UNLOGGED TABLE bench_lateness (at timestamptz NOT NULL, late_ms real NOT NULL);
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bench_lateness
  VALUES (NEW.attempted_at, 1000 * extract(epoch FROM NEW.attempted_at - OLD.due_at));
  RETURN NULL;
END $$;
CREATE TRIGGER bench_note AFTER UPDATE OF state ON synchronizations
  FOR EACH ROW WHEN (NEW.state = 'queued' AND OLD.due_at IS NOT NULL) EXECUTE FUNCTION bench_note();`;

async function replay(servers) {
  const { stack, metadata } = servers;
  await seedSynchronizations(
    metadata,
    rows,
    `now() + interval '20 seconds' + 0.95 * random() * interval '1 second' * (${intervals})`,
    intervals,
  );
  await metadata.query(noteLateness);
  const env = { RUN_DEADLINE_SECONDS: String(runDeadlineSeconds), LOG_LEVEL: 'error' };
  const components = {
    'scheduler A': await keepRunning(() => startScheduler(stack, env)),
    workers: await keepRunning(() => startWorkers(stack, 'simulated-workers.mjs')),
    'scheduler B': await keepRunning(() => startScheduler(stack, env)),
  };
  const kill = {
    ...Object.fromEntries(
      Object.entries(components).map(([name, component]) => [name, () => component.kill()]),
    ),
    NATS: () => stack.restartNats('SIGKILL'),
    PostgreSQL: () => stack.restartPostgres('SIGKILL'),
  };
  const startedAt = Date.now();
  const kills = [];
  for (let n = 0; ; n++) {
    const next = startedAt + 1000 * killEverySeconds * (n + 1);
    if (next > startedAt + 60_000 * minutes - 1000 * killEverySeconds) break;
    await sleep(Math.max(0, next - Date.now()));
    const [name, end] = Object.entries(kill)[n % Object.keys(kill).length];
    kills.push({ at: Date.now(), name });
    log(`killing ${name}`);
    await end();
  }
  await sleep(Math.max(0, startedAt + 60_000 * minutes - Date.now()));
  const settledSeconds = await settle(metadata);
  for (const component of Object.values(components)) await component.stop();
  return { startedAt, kills, settledSeconds, ...(await judge(metadata)) };
}

/** The day is over: nothing more becomes due, and what is under way may end. Resolves with how long that took. */
async function settle(metadata) {
  const endsAt = Date.now();
  await metadata.query(
    `UPDATE synchronizations SET run_at = now() + interval '30 days' WHERE state IN ('success', 'failure')`,
  );
  for (;;) {
    const { rows: open } = await metadata.query(
      `SELECT (SELECT count(*) FROM runs WHERE outcome IS NULL)::int AS runs,
              (SELECT count(*) FROM synchronizations WHERE due_at < now())::int AS due`,
    );
    if (open[0].runs + open[0].due === 0 || Date.now() > endsAt + 1000 * settleSecondsMax) break;
    await metadata.query(
      `UPDATE synchronizations SET run_at = now() + interval '30 days'
        WHERE state IN ('success', 'failure') AND run_at < now() + interval '2 days'`,
    );
    await sleep(500);
  }
  return Math.round((Date.now() - endsAt) / 1000);
}

const only = async (pool, sql) => (await pool.query(sql)).rows[0];

/** What must all be zero, and what happened. The seed counted one run of each that has no row. */
async function judge(metadata) {
  const wrong = await only(
    metadata,
    `SELECT count(*) FILTER (WHERE s.runs_count <> 1 + coalesce(r.runs, 0) OR s.runs_count <> coalesce(r.last, 1))::int
              AS "lostOrDoubled",
            count(*) FILTER (WHERE s.state IN ('queued', 'syncing'))::int AS stuck,
            count(*) FILTER (WHERE r.open > 0)::int AS open,
            count(*) FILTER (WHERE s.runs_count = 1)::int AS "neverRun"
       FROM synchronizations s
       LEFT JOIN (SELECT synchronization_id, count(*) AS runs, max(run_number) AS last,
                         count(*) FILTER (WHERE outcome IS NULL) AS open
                    FROM runs GROUP BY 1) AS r ON r.synchronization_id = s.id`,
  );
  const { ended_twice: endedTwice } = await only(
    metadata,
    `SELECT count(*)::int AS ended_twice
       FROM (SELECT run_id, message FROM run_log GROUP BY 1, 2 HAVING count(*) > 1) AS doubles`,
  );
  const { rows: outcomes } = await metadata.query(
    `SELECT coalesce(failure_code, outcome) AS outcome, count(*)::int AS runs FROM runs GROUP BY 1 ORDER BY 2 DESC`,
  );
  const { rows: bins } = await metadata.query(
    `SELECT extract(epoch FROM date_bin('10 seconds', at, 'epoch')) * 1000 AS at, count(*)::int AS runs,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY late_ms) AS median,
            percentile_cont(0.99) WITHIN GROUP (ORDER BY late_ms) AS p99, max(late_ms) AS max
       FROM bench_lateness GROUP BY 1 ORDER BY 1`,
  );
  const late = await only(
    metadata,
    `SELECT count(*)::int AS runs,
            round(percentile_cont(0.5) WITHIN GROUP (ORDER BY late_ms)::numeric)::int AS "medianMs",
            round(percentile_cont(0.99) WITHIN GROUP (ORDER BY late_ms)::numeric)::int AS "p99Ms",
            round(max(late_ms)::numeric)::int AS "maxMs"
       FROM bench_lateness`,
  );
  return {
    wrong: { ...wrong, endedTwice },
    outcomes: Object.fromEntries(outcomes.map(({ outcome, runs }) => [outcome, runs])),
    late,
    bins: bins.map((bin) => ({ ...bin, at: Number(bin.at) })),
  };
}

const servers = await startServers();
let isRight = false;
try {
  const { startedAt, kills, bins, ...result } = await replay(servers);
  await drawDay(bins, kills, startedAt, speed);
  const killed = {};
  for (const { name } of kills) killed[name] = (killed[name] ?? 0) + 1;
  await record('day', { rows, minutes, speed, killed, ...result });
  isRight = Object.values(result.wrong).every((count) => count === 0);
} finally {
  await servers.stop();
}
process.exit(isRight ? 0 : 1);
