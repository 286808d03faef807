/**
 * Small files, as most are: 1,000 rows from the request to success, one after the other on an idle stack, and how many
 * such refreshes a second are sustained when many are due at once, by how many files are imported at a time. What each
 * refresh costs is told by process, since on a given machine that is what bounds it.
 *
 * Usage: npm run bench:small-files [-- FILES [CONCURRENCY,…]]
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, record, timed } from './measure.mjs';
import { startProduct } from './product.mjs';

const files = Number(process.argv[2] ?? 240);
const concurrencies = (process.argv[3] ?? '1,2,4,8').split(',').map(Number);
const singles = 40;
const rows = 1_000;
/** Each concurrency refreshes every file so many times; the median counts. */
const rounds = 3;

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

async function measureSingles() {
  const product = await startProduct();
  try {
    // The first ones meet what nobody has run yet.
    for (let n = 0; n < 5; n++) await product.synchronize(url(`warm_up_${n}`));
    const seconds = [];
    for (let n = 0; n < singles; n++)
      seconds.push(await timed(() => product.synchronize(url(`single_${n}`))));
    return {
      files: singles,
      medianMs: Math.round(1000 * median(seconds)),
      maxMs: Math.round(1000 * Math.max(...seconds)),
    };
  } finally {
    await product.stop();
  }
}

async function measureAtOnce(concurrency) {
  const product = await startProduct({
    IMPORT_CONCURRENCY: String(concurrency),
    FETCH_CONCURRENCY: String(concurrency),
  });
  const metadata = new pg.Pool({ connectionString: product.stack.metadataDatabaseUrl, max: 1 });
  const isAllDone = async () =>
    (
      await metadata.query(`SELECT NOT EXISTS (SELECT FROM runs WHERE outcome IS NULL)
      AND NOT EXISTS (SELECT FROM synchronizations WHERE due_at <= now()) AS done`)
    ).rows[0].done;
  const waitForAll = async () => {
    while (!(await isAllDone())) await sleep(50);
  };
  try {
    for (let n = 0; n < files; n++)
      await product.call('POST', '', { url: url(`many_${n}`), interval: 86_400 });
    await waitForAll();
    const perSecond = [];
    const before = product.cpuSeconds();
    for (let n = 0; n < rounds; n++) {
      version++;
      const seconds = await timed(async () => {
        await metadata.query(`UPDATE synchronizations SET run_at = now()`);
        await metadata.query(`NOTIFY synchronization_due`);
        await waitForAll();
      });
      perSecond.push(files / seconds);
      console.log(
        `concurrency ${concurrency}  round ${n + 1}  ${(files / seconds).toFixed(1)} refreshes a second`,
      );
    }
    const after = product.cpuSeconds();
    const { rows: outcomes } = await metadata.query(
      'SELECT outcome, count(*)::int AS runs FROM runs GROUP BY outcome',
    );
    if (outcomes.length !== 1 || outcomes[0].runs !== files * (rounds + 1)) {
      throw new Error(`the runs ended so: ${JSON.stringify(outcomes)}`);
    }
    return {
      concurrency,
      perSecond: Number(median(perSecond).toFixed(1)),
      cpuMsOfEach: Object.fromEntries(
        Object.entries(after).map(([name, seconds]) => [
          name,
          Number(((1000 * (seconds - before[name])) / (files * rounds)).toFixed(1)),
        ]),
      ),
      importerPeakMegabytes: product.peakMegabytes('importer'),
    };
  } finally {
    await metadata.end();
    await product.stop();
  }
}

try {
  const oneByOne = await measureSingles();
  const atOnce = [];
  for (const concurrency of concurrencies) atOnce.push(await measureAtOnce(concurrency));
  await record('small-files', {
    rowsOfEach: rows,
    singles: oneByOne,
    files,
    rounds,
    refreshesAtOnce: atOnce,
  });
} finally {
  origin.close();
}
