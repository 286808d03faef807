/**
 * A file of 2 GB from a server that drops the connection every few seconds: does it arrive whole, and what memory does
 * that take? The server makes the file while it sends it; the fetcher's side reads it as for a run, to its hash.
 *
 * Usage: npm run bench:resumed-download [-- MEGABYTES [SECONDS_BETWEEN_DROPS [MEGABYTES_A_SECOND]]]
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { record } from './measure.mjs';

const megabyte = 1024 * 1024;
const megabytes = Number(process.argv[2] ?? 2_048);
const dropSeconds = Number(process.argv[3] ?? 3);
const megabytesPerSecond = Number(process.argv[4] ?? 60);
const bytes = megabytes * megabyte;

/** The megabyte at this place of the file; each is different. */
function block(index) {
  const made = Buffer.alloc(megabyte, `line ${index}, the same text again and again\n`);
  made.writeUInt32BE(index, 0);
  return made;
}

/** Until the client has taken what was written, or is gone. */
function drained(response) {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Serves ranges, at a steady pace, and drops each connection after a while. */
async function serve() {
  const { createServer } = await import('node:http');
  const { setTimeout: sleep } = await import('node:timers/promises');
  let drops = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/drops') return response.end(String(drops));
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from === 0 ? 200 : 206, {
      etag: '"one"',
      'content-length': bytes - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` }),
    });
    const dropAt = Date.now() + dropSeconds * 1_000;
    const startedAt = Date.now();
    for (let at = from; at < bytes && !response.destroyed;) {
      if (Date.now() >= dropAt) {
        drops += 1;
        return response.socket.destroy();
      }
      const index = Math.floor(at / megabyte);
      const piece = block(index).subarray(at - index * megabyte);
      at += piece.length;
      if (!response.write(piece)) await drained(response);
      const aheadMs = ((at - from) / megabyte / megabytesPerSecond) * 1_000 - (Date.now() - startedAt);
      if (aheadMs > 5) await sleep(aheadMs);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

async function measure() {
  const { createUrlSourceForTests } = await import('./url-source.mjs');
  const server = fork(import.meta.filename, process.argv.slice(2), {
    env: { ...process.env, BENCH_SERVES: '1' },
  });
  const [port] = await once(server, 'message');
  const url = `http://127.0.0.1:${port}/big.csv`;
  const expected = createHash('sha256');
  for (let index = 0; index < megabytes; index++) expected.update(block(index));
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  globalThis.gc?.();
  const before = resident();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, resident())), 50);
  const startedAt = performance.now();
  const opened = await createUrlSourceForTests().open(
    { kind: 'url', url },
    null,
    new AbortController().signal,
  );
  const hash = createHash('sha256');
  let received = 0;
  for await (const piece of opened.content) {
    hash.update(piece);
    received += piece.length;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  clearInterval(watch);
  const drops = Number(await (await fetch(`http://127.0.0.1:${port}/drops`)).text());
  server.kill();
  const isWhole = received === bytes && hash.digest('hex') === expected.digest('hex');
  if (!isWhole) throw new Error(`${received} of ${bytes} bytes arrived, or not the right ones`);
  await record('resumed-download', {
    megabytes,
    dropSeconds,
    megabytesPerSecond,
    drops,
    seconds: Number(seconds.toFixed(1)),
    residentBeforeMegabytes: Math.round(before),
    residentGrowthMegabytes: Math.round(peak - before),
  });
}

await (process.env.BENCH_SERVES === '1' ? serve() : measure());
