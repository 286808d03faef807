/** What every comparison with another way of loading needs: the product, a database to be alone in, and files. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { timed } from './measure.mjs';
import { startProduct } from './product.mjs';
import { serveFiles } from './serve-files.mjs';

export const run = promisify(execFile);

/** Runs `contest` with everything it needs, which is gone afterwards. */
export async function withContest(contest) {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-bench-files-'));
  const origin = await serveFiles(folder);
  try {
    const product = await startProduct();
    try {
      await contest(prepare(product, folder, origin));
    } finally {
      await product.stop();
    }
  } finally {
    origin.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function prepare(product, folder, origin) {
  const database = product.stack.destinationDatabaseUrl;
  const psql = async (text) =>
    (await run('psql', [database, '-qXAtv', 'ON_ERROR_STOP=1', '-c', text])).stdout.trim();
  const { hostname, port, pathname, username, password } = new URL(database);
  let table;

  return {
    product,
    folder,
    database,
    psql,
    urlOf: origin.urlOf,
    ogrConnection: `PG:host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`,
    /** The table that was synchronized last, as it stands in SQL. */
    table: () => `bench."${table}"`,
    tableName: () => table,
    /** Nobody shall pay for what the one before left to be written. */
    settle: async () => {
      await psql('DROP TABLE IF EXISTS by_hand, by_ogr');
      if (table !== undefined) await psql(`DROP TABLE IF EXISTS bench."${table}"`);
      await psql('CHECKPOINT');
      await run('sync');
    },
    /** Seconds from the request to success. */
    synchronize: (name) =>
      timed(async () => {
        ({ name: table } = await product.synchronize(origin.urlOf(name)));
      }),
  };
}
