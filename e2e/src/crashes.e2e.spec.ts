import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tidetable/test-harness';
import { type Customer, customerOf } from './client.js';
import { makeFile } from './make-file.js';
import type { ServiceName, ServiceProcess } from './service-process.js';
import { startSystem, type System } from './system.js';
import { watchTable } from './watch-table.js';

/** Every instant of the path between two durable effects. */
const instants: readonly (readonly [ServiceName, string])[] = [
  ['scheduler', 'after-claim'],
  ['scheduler', 'after-relay'],
  ['fetcher', 'after-download'],
  ['fetcher', 'after-stage'],
  ['importer', 'after-copy'],
  ['importer', 'before-swap'],
  ['importer', 'after-swap'],
  ['scheduler', 'before-record'],
  ['scheduler', 'after-record'],
];

const importInstants = instants.filter(([name]) => name === 'importer').map(([, instant]) => instant);

const rowsOf = (version: number): string =>
  `id,version,lat,lon\n${Array.from({ length: 500 }, (_, i) => `${i},${version},${i % 90},${i % 180}\n`).join('')}`;

describe('a service that is killed in the middle of a run', () => {
  let system: System;
  let customer: Customer;
  const running = new Map<ServiceName, ServiceProcess>();

  beforeAll(async () => {
    system = await startSystem();
    customer = customerOf(system);
    for (const name of ['api', 'scheduler', 'fetcher', 'importer'] as const) {
      running.set(name, await system.start(name));
    }
  });
  afterAll(() => system.stop());

  it.each(instants)('%s, %s: the run still ends exactly once, unseen by readers', async (name, instant) => {
    const file = `/crash-${name}-${instant}.csv`;
    const table = `demo.crash_${name}_${instant.replace('-', '_')}`;
    system.origin.serveFile(file, rowsOf(1), { etag: '"1"' });
    const { id } = await customer.create({ url: system.origin.url(file), interval: 3600 });
    await customer.settled(id, 'success');
    system.origin.serveFile(file, rowsOf(2), { etag: '"2"' });

    const reader = watchTable(system.stack.destinationDatabaseUrl, table);
    await refreshThroughDeaths(id, name, [instant]);

    const record = await customer.settled(id, 'success');
    expect(record).toMatchObject({ etag: '2', retried_times: 0, error_code: null });
    const runs = await system.metadata.query<{ outcome: string }>(
      'SELECT outcome FROM runs WHERE synchronization_id = $1 ORDER BY run_number',
      [id],
    );
    expect(runs.rows.map((row) => row.outcome)).toEqual(['imported', 'imported']);
    expect(await reader.end()).toEqual(['500 rows of 1', '500 rows of 2']);
    await expectNothingLeft();
  });

  it.each(['xlsx', 'ndjson', 'geojson.gz', 'shz', 'gpkg', 'fgb', 'parquet'])(
    'importer, at every instant of one import of .%s: the run still ends exactly once, unseen by readers',
    async (extension) => {
      const name = `formats-${extension.replace('.', '-')}`;
      const file = `/${name}.${extension}`;
      system.origin.serveFile(file, await makeFile(extension, 1), { etag: '"1"' });
      const { id } = await customer.create({ url: system.origin.url(file), interval: 3600 });
      const { name: table } = await customer.settled(id, 'success');
      system.origin.serveFile(file, await makeFile(extension, 2), { etag: '"2"' });
      const reader = watchTable(system.stack.destinationDatabaseUrl, `demo.${table}`);
      await refreshThroughDeaths(id, 'importer', importInstants);
      expect(await customer.settled(id, 'success')).toMatchObject({ etag: '2', retried_times: 0 });
      expect(await reader.end()).toEqual(['500 rows of 1', '500 rows of 2']);
      await expectNothingLeft();
    },
  );

  /** Asks for a refresh while the service dies at each of these instants, and leaves it running as usual. */
  async function refreshThroughDeaths(
    id: string,
    name: ServiceName,
    deadly: readonly string[],
  ): Promise<void> {
    const markers = mkdtempSync(join(tmpdir(), 'tidetable-deaths-'));
    const env = { TEST_CRASH_AT: deadly.join(','), TEST_CRASH_MARKERS: markers };
    await running.get(name)!.stop();
    let doomed = await system.start(name, env);
    await waitFor(async () => (await customer.syncNow(id)).enqueued);
    for (const [index] of deadly.entries()) {
      await doomed.ended;
      doomed = await system.start(name, index === deadly.length - 1 ? {} : env);
    }
    running.set(name, doomed);
    expect(readdirSync(markers).toSorted()).toEqual(deadly.toSorted());
    rmSync(markers, { recursive: true });
  }

  /** A second delivery may still be on its way to being dropped, so this is waited for. */
  async function expectNothingLeft(): Promise<void> {
    await waitFor(async () => (await system.bus()).messages === 0, { until: 'the stream is empty' });
    await waitFor(async () => (await system.stagedFiles()).length === 0, { until: 'no file is staged' });
    await waitFor(async () => (await system.stagingTables()).length === 0, {
      until: 'no staging table is left',
    });
    expect((await system.bus()).consumers).toHaveLength(4);
    const open = await system.metadata.query('SELECT id FROM runs WHERE outcome IS NULL');
    expect(open.rows).toEqual([]);
    expect((await system.metadata.query('SELECT id FROM outbox')).rows).toEqual([]);
  }
});
