/**
 * What the scheduler can do, without a single download: two schedulers, a durable PostgreSQL, NATS, and workers that
 * answer at once, all on this machine.
 *
 *   throughput  runs a second, claimed, relayed and recorded, while all synchronizations are due
 *   lateness    how long after it was due a run is requested, and its request with a worker, at 300 due a second
 *   claim       what a claim of 500 rows costs by the number of synchronizations, beside claiming them row by row
 *
 * Usage: npm run bench:scheduler-scale [-- PARTS [ROWS [THROUGHPUT_SECONDS [LATENESS_SECONDS]]]]
 * With `statements` among the parts PostgreSQL tells where its time went, which costs a few percent of it.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { connectMetadata } from '@tidetable/metadata-db';
import { claimRowByRow } from './claim-row-by-row.mjs';
import { median, record } from './measure.mjs';
import { startScheduling, startServers } from './scheduling.mjs';
import { seedSynchronizations, spreadDue } from './seed-synchronizations.mjs';

const parts = (process.argv[2] ?? 'throughput,lateness,claim').split(',');
const rows = Number(process.argv[3] ?? 1_000_000);
const throughputSeconds = Number(process.argv[4] ?? 60);
const latenessSeconds = Number(process.argv[5] ?? 180);
const warmUpSeconds = 15;
const duePerSecond = 300;
/** So long after they are known, what is spread evenly begins to be due. */
const startsInSeconds = 40;
const claims = 21;
const batch = 500;

const scheduler = dirname(createRequire(import.meta.url).resolve('@tidetable/scheduler/package.json'));
const { claimDueSynchronizations } = await import(
  pathToFileURL(join(scheduler, 'dist', 'claim', 'claim-due-synchronizations.js')).href
);

async function measureThroughput(servers) {
  const { metadata } = servers;
  await seedSynchronizations(metadata, rows, `now() - random() * interval '1 hour'`);
  const scheduling = await startScheduling(servers, 2);
  await sleep(1000 * warmUpSeconds);
  if (parts.includes('statements')) await metadata.query('SELECT pg_stat_statements_reset()');
  const before = { cpu: scheduling.cpuSeconds(), ...(await meters(metadata)) };
  await sleep(1000 * throughputSeconds);
  const after = { cpu: scheduling.cpuSeconds(), ...(await meters(metadata)) };
  if (parts.includes('statements')) await printStatements(metadata);
  await scheduling.stop();
  const ended = await endedBetween(metadata, before.at, after.at);
  const perRun = (amount) => Number((amount / ended).toFixed(2));
  return {
    seconds: Number(((after.at - before.at) / 1000).toFixed(1)),
    runsPerSecond: Math.round((1000 * ended) / (after.at - before.at)),
    microsecondsOfProcessorPerRun: Object.fromEntries(
      Object.keys(before.cpu).map((name) => [name, perRun(1e6 * (after.cpu[name] - before.cpu[name]))]),
    ),
    walBytesPerRun: perRun(after.wal - before.wal),
    openRuns: Number((await only(metadata, 'SELECT count(*) FROM runs WHERE outcome IS NULL')).count),
    ...(await wrongRuns(metadata)),
    megabytes: await sizes(metadata),
  };
}

const only = async (pool, sql, values) => (await pool.query(sql, values)).rows[0];

async function meters(metadata) {
  const { at, wal } = await only(
    metadata,
    `SELECT clock_timestamp() AS at, pg_current_wal_lsn() - '0/0'::pg_lsn AS wal`,
  );
  return { at, wal: Number(wal) };
}

const endedBetween = async (metadata, from, to) =>
  Number(
    (await only(metadata, 'SELECT count(*) FROM runs WHERE finished_at BETWEEN $1 AND $2', [from, to])).count,
  );

/** What must not be: more than one run of a synchronization in so short a time, or a state that its run is not in. */
async function wrongRuns(metadata) {
  const wrong = await only(
    metadata,
    `SELECT count(*) FILTER (WHERE s.runs_count <> 1 + r.runs) AS doubled,
            count(*) FILTER (WHERE (s.state IN ('queued', 'syncing')) <> (r.open > 0)) AS wrong
       FROM (SELECT synchronization_id, count(*) AS runs, count(*) FILTER (WHERE outcome IS NULL) AS open
               FROM runs GROUP BY 1) AS r
       JOIN synchronizations s ON s.id = r.synchronization_id`,
  );
  return { doubledRuns: Number(wrong.doubled), wrongStates: Number(wrong.wrong) };
}

async function sizes(metadata) {
  const { rows: tables } = await metadata.query(
    `SELECT relname, round(pg_table_size(oid) / 1e6) AS rows, round(pg_indexes_size(oid) / 1e6) AS indexes
       FROM pg_class WHERE relname IN ('synchronizations', 'runs', 'run_log', 'outbox') AND relkind = 'r'`,
  );
  return Object.fromEntries(
    tables.map((table) => [table.relname, { rows: Number(table.rows), indexes: Number(table.indexes) }]),
  );
}

async function printStatements(metadata) {
  const { rows: statements } = await metadata.query(
    `SELECT round(total_exec_time) AS ms, calls, rows, round((total_exec_time / calls)::numeric, 2) AS ms_each,
            round(wal_bytes / 1e6) AS wal_mb, wal_fpi, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS statement
       FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 14`,
  );
  console.table(statements);
}

async function measureLateness(servers) {
  const { metadata } = servers;
  const total = duePerSecond * latenessSeconds;
  await seedSynchronizations(metadata, rows, `now() + interval '1 day' + random() * interval '30 days'`);
  const start = new Date(Date.now() + 1000 * startsInSeconds);
  const dueAt = (n) => start.getTime() + (1000 * n) / duePerSecond;
  await spreadDue(metadata, start, total, 1 / duePerSecond);
  if (Date.now() > start.getTime()) throw new Error('the first ones were due before all was made');
  const scheduling = await startScheduling(servers, 2);
  await sleep(Math.max(0, start.getTime() - Date.now()));
  const cpuBefore = scheduling.cpuSeconds();
  await sleep(1000 * latenessSeconds);
  const cpuAfter = scheduling.cpuSeconds();
  await sleep(5_000);
  const arrivals = await scheduling.arrivals();
  await scheduling.stop();
  const { rows: requested } = await metadata.query(
    `SELECT s.name, r.requested_at, r.finished_at FROM runs r JOIN synchronizations s ON s.id = r.synchronization_id`,
  );
  const number = ({ name }) => Number(name.slice('table_'.length));
  return {
    duePerSecond,
    due: total,
    seconds: latenessSeconds,
    requestedMs: late(requested.map((run) => run.requested_at - dueAt(number(run)))),
    withWorkerMs: late(arrivals.map(([n, arrivedAt]) => arrivedAt - dueAt(n))),
    recordedMs: late(requested.map((run) => run.finished_at - dueAt(number(run)))),
    processorShare: Object.fromEntries(
      Object.keys(cpuBefore).map((name) => [
        name,
        Number(((cpuAfter[name] - cpuBefore[name]) / latenessSeconds).toFixed(3)),
      ]),
    ),
  };
}

function late(all) {
  const sorted = all.sort((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return { count: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
}

async function measureClaims(servers) {
  const { metadata, stack } = servers;
  const database = await connectMetadata(stack.metadataDatabaseUrl, 2);
  const ways = {
    'one statement': () =>
      claimDueSynchronizations(database, { batch, accountRunsMax: 3, hostRunsMax: 0 }, 3_600),
    'row by row': () => claimRowByRow(metadata, batch, 3_600),
  };
  const results = {};
  for (const count of [10_000, 100_000, 1_000_000].filter((each) => each <= rows)) {
    for (const [way, claim] of Object.entries(ways)) {
      // As many claims as the fewest rows allow: a claim changes what the next one finds.
      await seedSynchronizations(metadata, count, `now() - random() * interval '1 hour'`);
      const took = [];
      for (let n = -3; n < claims - 3; n++) {
        const startedAt = performance.now();
        await claim();
        if (n >= 0) took.push(performance.now() - startedAt);
      }
      ((results[way] ??= {})[count] = { medianMs: Number(median(took).toFixed(1)) }).maxMs = Math.round(
        Math.max(...took),
      );
      console.log(way, count, results[way][count]);
    }
  }
  await database.destroy();
  return { batch, claims: claims - 3, results };
}

const servers = await startServers(parts.includes('statements'));
try {
  const result = { rows, schedulers: 2 };
  const measures = { throughput: measureThroughput, lateness: measureLateness, claim: measureClaims };
  for (const [part, measure] of Object.entries(measures)) {
    if (!parts.includes(part)) continue;
    result[part] = await measure(servers);
    console.log(part, JSON.stringify(result[part], null, 2));
  }
  if (parts.includes('statements')) console.log(JSON.stringify(result, null, 2));
  else await record('scheduler-scale', result);
} finally {
  await servers.stop();
}
process.exit();
