/**
 * The API at a million synchronizations: requests a second and the slowest of a hundred answers, beside a bare Fastify
 * with pg that checks the key and asks the same questions, in turn; and what a page of a list costs by its depth.
 *
 * Usage: npm run bench:api [-- ROUNDS [SECONDS_A_TURN [ROWS]]]
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startLocalStack } from '@tidetable/local-stack';
import { runMigrations } from '@tidetable/metadata-db';
import { insertAccount, insertApiKey } from '@tidetable/test-harness';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import pg from 'pg';
import { median, record } from './measure.mjs';
import { cpuSecondsOfTree } from './processes.mjs';

const rounds = Number(process.argv[2] ?? 3);
const turnSeconds = Number(process.argv[3] ?? 3);
const rowsTotal = Number(process.argv[4] ?? 1_000_000);
const connections = 16;
/** One account has half of all rows; the requests are another's, who has a thousand. */
const rowsOfAccount = 1_000;
const idsAsked = 500;
const pageRows = 50;

const columns = `s.id, s.account_id AS "accountId", s.url, s.service_name AS "serviceName",
  s.service_item_id AS "serviceItemId", s.header_names AS "headerNames", s.has_basic_auth AS "hasBasicAuth",
  s.interval_seconds AS "intervalSeconds", s.requested_table_name AS "requestedTableName",
  s.type_guessing AS "typeGuessing", s.quoted_fields_guessing AS "quotedFieldsGuessing",
  s.content_guessing AS "contentGuessing", s.member, s.layer, s.first_run_id AS "firstRunId", s.log_id AS "logId",
  s.created_at AS "createdAt", s.sync_requested_at AS "syncRequestedAt", s.state, s.name, s.run_at AS "runAt",
  s.ran_at AS "ranAt", s.updated_at AS "updatedAt", s.attempted_at AS "attemptedAt",
  s.retried_times AS "retriedTimes", s.stopped, s.failure_code AS "failureCode", s.failure_detail AS "failureDetail",
  s.source_etag AS "sourceEtag", s.source_last_modified AS "sourceLastModified",
  s.source_sha256 AS "sourceSha256", s.source_bytes AS "sourceBytes", s.imported_at AS "importedAt",
  s.due_at AS "dueAt"`;
const mine = 's.account_id = $1 AND s.deleted_at IS NULL';

/** What the api asks, by names of prepared statements. */
const statements = {
  key: 'SELECT a.id, a.username, a.state FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.key_hash = $1 AND k.revoked_at IS NULL',
  list: `SELECT ${columns} FROM synchronizations s WHERE ${mine} ORDER BY s.created_at, s.id LIMIT $2::bigint OFFSET $3::bigint`,
  count: `SELECT count(*)::integer AS total FROM synchronizations s WHERE ${mine}`,
  page: `SELECT ${columns}, s.created_at AS sort_key, (extract(epoch FROM s.created_at) * 1000000)::bigint::text AS position
    FROM synchronizations s WHERE ${mine} ORDER BY s.created_at, s.id LIMIT $2`,
  show: `SELECT ${columns} FROM synchronizations s WHERE ${mine} AND s.id = $2`,
  create: `WITH s AS (INSERT INTO synchronizations (account_id, url, interval_seconds, run_at)
    VALUES ($1, $2, $3::integer, now() + $3::integer * interval '1 second') RETURNING *)
    SELECT ${columns}, pg_notify('synchronization_due', '') FROM s`,
  syncNow: `WITH requested AS (UPDATE synchronizations s SET sync_requested_at = clock_timestamp()
    WHERE ${mine} AND s.id = $2 AND s.state IN ('success', 'failure')
      AND (s.sync_requested_at IS NULL OR s.sync_requested_at <= s.attempted_at)
      AND (s.attempted_at <= clock_timestamp() - $3::integer * interval '1 second'
           OR (s.run_at <= clock_timestamp() AND NOT s.stopped))
    RETURNING s.id) SELECT id, pg_notify('synchronization_due', '') FROM requested`,
};

/** The least that a server could do: it checks the key, asks, and sends what it got. */
async function serveBare() {
  const pool = new pg.Pool({
    connectionString: process.env.METADATA_DATABASE_URL,
    max: 10,
    options: '-c timezone=UTC',
  });
  const ask = async (name, values) => (await pool.query({ name, text: statements[name], values })).rows;
  const fastify = Fastify({ logger: false });
  const accountOf = async ({ headers }) => {
    const key = headers.authorization.slice('Bearer '.length);
    const [account] = await ask('key', [createHash('sha256').update(key).digest()]);
    return account.id;
  };
  fastify.get('/api/v1/synchronizations', async (request) => {
    const account = await accountOf(request);
    const { page, per_page: size } = request.query;
    const [rows, [{ total }]] = await Promise.all([
      ask('list', [account, size, (page - 1) * size]),
      ask('count', [account]),
    ]);
    return { synchronizations: rows, total_entries: total };
  });
  fastify.get('/api/v2/synchronizations', async (request) => ({
    items: await ask('page', [await accountOf(request), Number(request.query.limit) + 1]),
  }));
  const show = async (request) => (await ask('show', [await accountOf(request), request.params.id]))[0];
  fastify.get('/api/v1/synchronizations/:id', show);
  fastify.get('/api/v2/synchronizations/:id', show);
  fastify.post('/api/v1/synchronizations', async (request) => {
    const account = await accountOf(request);
    return (await ask('create', [account, request.body.url, request.body.interval]))[0];
  });
  fastify.put('/api/v1/synchronizations/:id/sync_now', async (request) => {
    const account = await accountOf(request);
    const { id } = request.params;
    const enqueued = (await ask('syncNow', [account, id, 900])).length === 1;
    if (!enqueued) await ask('show', [account, id]);
    return { enqueued, synchronization_id: id };
  });
  await fastify.listen({ port: Number(process.env.API_PORT), host: '127.0.0.1' });
}

async function fill(sql) {
  const account = await insertAccount(sql, { username: 'bench' });
  const large = await insertAccount(sql, { username: 'large' });
  const accounts = Math.max(1, Math.round(rowsTotal / 2 / rowsOfAccount));
  await sql.query(
    "INSERT INTO accounts (id, username) SELECT gen_random_uuid(), 'other-' || n FROM generate_series(2, $1::integer) n",
    [accounts],
  );
  await sql.query(
    `INSERT INTO synchronizations (account_id, url, interval_seconds, created_at, state, name, run_at, attempted_at,
       imported_at, source_sha256, source_bytes, source_etag)
     SELECT a.id, 'https://data.example.org/files/' || n || '.csv', 3600, now() - n * interval '1 second', 'success',
            'table_' || n, now() + interval '1 day' + n * interval '1 millisecond', now() - interval '1 hour',
            now() - interval '1 hour', repeat('0', 64), 1000, '"etag"'
       FROM accounts a,
            generate_series(1, CASE WHEN a.username = 'large' THEN $1::integer ELSE $2::integer END) n`,
    [rowsTotal / 2, rowsOfAccount],
  );
  await sql.query('VACUUM ANALYZE');
  const { rows } = await sql.query('SELECT id FROM synchronizations WHERE account_id = $1 LIMIT $2', [
    account.id,
    idsAsked,
  ]);
  return {
    key: await insertApiKey(sql, account.id),
    largeKey: await insertApiKey(sql, large.id),
    ids: rows.map(({ id }) => id),
  };
}

/** What is asked, over and over. */
function questions(ids) {
  const list = '/api/v1/synchronizations';
  const body = JSON.stringify({ url: 'https://data.example.org/new.csv', interval: 3600 });
  return {
    'v1 list': [{ method: 'GET', path: `${list}?page=3&per_page=${pageRows}` }],
    'v2 list': [{ method: 'GET', path: `/api/v2/synchronizations?limit=${pageRows}` }],
    'v1 show': ids.map((id) => ({ method: 'GET', path: `${list}/${id}` })),
    'v2 show': ids.map((id) => ({ method: 'GET', path: `/api/v2/synchronizations/${id}` })),
    'v1 create': [{ method: 'POST', path: list, body, headers: { 'content-type': 'application/json' } }],
    'v1 sync_now': ids.map((id) => ({ method: 'PUT', path: `${list}/${id}/sync_now` })),
  };
}

async function turn({ port, pid }, key, requests) {
  const cpuBefore = cpuSecondsOfTree(pid);
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: turnSeconds,
    requests: requests.map((request) => ({
      ...request,
      headers: { authorization: `Bearer ${key}`, ...request.headers },
    })),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} answers were refusals`);
  const cpuSeconds = cpuSecondsOfTree(pid) - cpuBefore;
  return {
    perSecond: result.requests.total / result.duration,
    p99Ms: result.latency.p99,
    cpuMicroseconds: (cpuSeconds * 1e6) / result.requests.total,
  };
}

async function compare(sql, servers, key, ids) {
  const results = {};
  for (const [name, requests] of Object.entries(questions(ids))) {
    const turns = { tidetable: [], bare: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const contestant of round % 2 === 0 ? ['tidetable', 'bare'] : ['bare', 'tidetable']) {
        await sql.query(
          'UPDATE synchronizations SET sync_requested_at = NULL WHERE sync_requested_at IS NOT NULL',
        );
        const took = await turn(servers[contestant], key, requests);
        if (round > 0) turns[contestant].push(took);
      }
    }
    await sql.query("DELETE FROM synchronizations WHERE state = 'created'");
    const figures = (each) => ({
      perSecond: Math.round(median(each.map(({ perSecond }) => perSecond))),
      p99Ms: median(each.map(({ p99Ms }) => p99Ms)),
      cpuMicroseconds: Math.round(median(each.map(({ cpuMicroseconds }) => cpuMicroseconds))),
    });
    const ratios = turns.tidetable.map(({ perSecond }, n) => perSecond / turns.bare[n].perSecond);
    results[name] = {
      tidetable: figures(turns.tidetable),
      bare: figures(turns.bare),
      ratio: Number(median(ratios).toFixed(2)),
      // The same of the processor's time alone, which other work on the machine changes little.
      cpuRatio: Number((cpuOf(turns.bare) / cpuOf(turns.tidetable)).toFixed(2)),
    };
    console.log(name, JSON.stringify(results[name]));
  }
  return results;
}

const cpuOf = (turns) => median(turns.map(({ cpuMicroseconds }) => cpuMicroseconds));

/** Walks through the whole list of the large account, and says what a page costs by how far in it is. */
async function walk(port, key) {
  const headers = { authorization: `Bearer ${key}` };
  const tookMs = [];
  for (let next = '/api/v2/synchronizations?limit=200'; next !== null;) {
    const startedAt = performance.now();
    const page = await (await fetch(`http://127.0.0.1:${port}${next}`, { headers })).json();
    tookMs.push(performance.now() - startedAt);
    next = page.next;
  }
  const part = Math.max(1, Math.floor(tookMs.length / 10));
  const of = (pages) => Number(median(pages).toFixed(2));
  return {
    pages: tookMs.length,
    firstTenthMs: of(tookMs.slice(1, part + 1)),
    middleTenthMs: of(tookMs.slice(Math.floor(tookMs.length / 2)).slice(0, part)),
    lastTenthMs: of(tookMs.slice(-part - 1, -1)),
  };
}

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-bench-'));
  const stack = await startLocalStack({
    dataFolder: join(folder, 'data'),
    durability: 'durable',
    env: { PATH: process.env.PATH },
  });
  const children = [];
  process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));
  try {
    await runMigrations(stack.metadataDatabaseUrl);
    const sql = new pg.Pool({ connectionString: stack.metadataDatabaseUrl, max: 1 });
    const { key, largeKey, ids } = await fill(sql);
    const main = join(
      dirname(createRequire(import.meta.url).resolve('@tidetable/api/package.json')),
      'dist',
      'main.js',
    );
    const ports = { tidetable: await freePort(), bare: await freePort() };
    const start = (file, port, extra = {}) =>
      children.push(
        fork(file, [], {
          env: {
            PATH: process.env.PATH,
            METADATA_DATABASE_URL: stack.metadataDatabaseUrl,
            API_HOST: '127.0.0.1',
            API_PORT: String(port),
            HEALTH_PORT: '0',
            LOG_LEVEL: 'warn',
            ...extra,
          },
        }),
      );
    start(main, ports.tidetable);
    start(import.meta.filename, ports.bare, { BENCH_SERVES: '1' });
    for (const port of Object.values(ports)) {
      const url = `http://127.0.0.1:${port}/api/v1/synchronizations/${ids[0]}`;
      const answers = () => fetch(url, { headers: { authorization: `Bearer ${key}` } }).catch(() => null);
      while (!(await answers())?.ok) await sleep(50);
    }
    const [tidetable, bare] = children;
    const servers = {
      tidetable: { port: ports.tidetable, pid: tidetable.pid },
      bare: { port: ports.bare, pid: bare.pid },
    };
    const requests = await compare(sql, servers, key, ids);
    const pagesByDepth = await walk(ports.tidetable, largeKey);
    await sql.end();
    await record('api', { rows: rowsTotal, rounds, turnSeconds, connections, requests, pagesByDepth });
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
      if (child.exitCode === null) await once(child, 'exit');
    }
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await (process.env.BENCH_SERVES === '1' ? serveBare() : measure());
