/**
 * Small files, as most are: 1,000 rows from the request to success, one after the other on an idle stack, and how many
 * such refreshes a second are sustained when many are due at once.
 *
 * Usage: npm run bench:small-files [-- FILES]
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, record, timed } from './measure.mjs';
import { startProduct } from './product.mjs';

const files = Number(process.argv[2] ?? 200);
const singles = 40;
const rows = 1_000;

let version = 1;
const origin = createServer((request, response) => {
  const table = request.url.slice(1);
  const lines = Array.from(
    { length: rows },
    (_, n) => `${n},${table},${version},${n % 90},${n % 180},2024-01-01\n`,
  );
  response
    .writeHead(200, { 'content-type': 'text/csv', etag: `"${version}"` })
    .end(`id,name,version,lat,lon,day\n${lines.join('')}`);
});
await new Promise((resolve) => origin.listen(0, '127.0.0.1', resolve));
const url = (name) => `http://127.0.0.1:${origin.address().port}/${name}.csv`;

const product = await startProduct({ IMPORT_CONCURRENCY: '4', FETCH_CONCURRENCY: '8' });
const metadata = new pg.Pool({ connectionString: product.stack.metadataDatabaseUrl, max: 1 });
const finishedRuns = async () =>
  (await metadata.query(`SELECT count(*)::int AS n FROM runs WHERE outcome = 'imported'`)).rows[0].n;

try {
  const seconds = [];
  for (let n = 0; n < singles; n++) seconds.push(await timed(() => product.synchronize(url(`single_${n}`))));

  for (let n = 0; n < files; n++) await product.call('POST', '', { url: url(`many_${n}`), interval: 86_400 });
  const all = singles + files;
  while ((await finishedRuns()) < all) await sleep(100);

  version = 2;
  const refreshSeconds = await timed(async () => {
    await metadata.query(`UPDATE synchronizations SET run_at = now()`);
    while ((await finishedRuns()) < 2 * all) await sleep(100);
  });
  await record('small-files', {
    rowsOfEach: rows,
    singles: {
      files: singles,
      medianMs: Math.round(1000 * median(seconds)),
      maxMs: Math.round(1000 * Math.max(...seconds)),
    },
    refreshesAtOnce: {
      files: all,
      seconds: Number(refreshSeconds.toFixed(1)),
      perSecond: Math.round(all / refreshSeconds),
    },
    importerPeakMegabytes: await product.peakMegabytes('importer'),
  });
} finally {
  await metadata.end();
  await product.stop();
  origin.close();
}
