/**
 * The cheapest and most frequent thing that the fetcher does: asking a server whether a file is still the same, and
 * hearing that it is. How many such checks one core makes in a second, beside loops of bare axios and undici that send
 * the same request, and what a check costs beyond the request.
 *
 * Usage: npm run bench:unchanged-checks [-- ROUNDS [CHECKS_A_ROUND]]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import axios from 'axios';
import { Client, request } from 'undici';
import { median, race, record, summarize, timed } from './measure.mjs';
import { profile } from './profile.mjs';
import { createUrlSourceForTests } from './url-source.mjs';

const rounds = Number(process.argv[2] ?? 5);
const checks = Number(process.argv[3] ?? 2_000);
/** As many as a fetcher has under way by default. */
const concurrency = 4;
const etag = '"v1"';

/** Counts what goes over the wire in both directions. */
async function serve() {
  const { createServer } = await import('node:http');
  let wireBytes = 0;
  let requests = 0;
  let bodies = 0;
  const server = createServer((message, response) => {
    if (message.url === '/counts') return response.end(JSON.stringify({ wireBytes, requests, bodies }));
    requests += 1;
    if (message.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else {
      bodies += 1;
      response.writeHead(200, { etag, 'content-type': 'text/csv' }).end('a\n1\n');
    }
  });
  server.on('connection', (socket) =>
    socket.once('close', () => (wireBytes += socket.bytesRead + socket.bytesWritten)),
  );
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

async function measure() {
  const server = fork(import.meta.filename, [], { env: { ...process.env, BENCH_SERVES: '1' } });
  const [port] = await once(server, 'message');
  const origin = `http://127.0.0.1:${port}`;
  const url = `${origin}/ports.csv`;
  const counts = async () => (await fetch(`${origin}/counts`)).json();
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'Tidetable/bench',
    'if-none-match': etag,
  };
  const previous = { etag, lastModified: null, sha256: '0'.repeat(64), bytes: 4 };
  const source = createUrlSourceForTests();
  const signal = new AbortController().signal;

  const all = async (check) => {
    let left = checks;
    const loop = async () => {
      while (left-- > 0) await check();
    };
    await Promise.all(Array.from({ length: concurrency }, loop));
  };
  const tidetable = async () => {
    const { isChanged } = await source.open({ kind: 'url', url }, previous, signal);
    if (isChanged) throw new Error('it was fetched');
  };
  const axiosClosing = new HttpAgent({ keepAlive: false });
  const axiosWith = (httpAgent) => async () => {
    const { status } = await axios.get(url, { headers, httpAgent, validateStatus: null });
    if (status !== 304) throw new Error(`HTTP ${status}`);
  };
  const undiciClosing = async () => {
    const client = new Client(origin, { pipelining: 0 });
    const { statusCode, body } = await client.request({ path: '/ports.csv', method: 'GET', headers });
    await body.dump();
    await client.close();
    if (statusCode !== 304) throw new Error(`HTTP ${statusCode}`);
  };
  const undiciKept = async () => {
    const { statusCode, body } = await request(url, { headers });
    await body.dump();
    if (statusCode !== 304) throw new Error(`HTTP ${statusCode}`);
  };
  const axiosKept = axiosWith(new HttpAgent({ keepAlive: true }));
  const seconds = await race(
    {
      tidetable: () => timed(() => all(tidetable)),
      'axios, a connection each': () => timed(() => all(axiosWith(axiosClosing))),
      'undici, a connection each': () => timed(() => all(undiciClosing)),
      'axios, connections kept': () => timed(() => all(axiosKept)),
      'undici, connections kept': () => timed(() => all(undiciKept)),
    },
    rounds,
  );
  const before = await counts();
  const percentOfProcessor = await profile(() => all(tidetable));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = await counts();
  server.kill();
  const results = Object.fromEntries(
    Object.entries(summarize(seconds, 'tidetable')).map(([name, result]) => [
      name,
      { checksPerSecond: Math.round(checks / result.medianSeconds), ...result },
    ]),
  );
  const costMicroseconds = (name) => (median(seconds[name]) / checks) * 1e6;
  await record('unchanged-checks', {
    checks,
    rounds,
    concurrency,
    results,
    percentOfProcessor,
    beyondTheRequest: {
      checkMicroseconds: Math.round(costMicroseconds('tidetable')),
      requestMicroseconds: Math.round(costMicroseconds('axios, a connection each')),
    },
    requestsPerCheck: (after.requests - before.requests) / checks,
    bodiesPerCheck: (after.bodies - before.bodies) / checks,
    wireBytesPerCheck: Math.round((after.wireBytes - before.wireBytes) / checks),
  });
  process.exit();
}

await (process.env.BENCH_SERVES === '1' ? serve() : measure());
