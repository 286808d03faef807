import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tidetable/test-harness';
import { type Customer, customerOf } from './client.js';
import { startSystem, type System } from './system.js';

const count = 24;

describe('a server that goes away and comes back under load', () => {
  let system: System;
  let customer: Customer;
  let ids: string[];

  beforeAll(async () => {
    system = await startSystem();
    customer = customerOf(system);
    await Promise.all([
      system.start('api'),
      system.start('scheduler'),
      system.start('scheduler'),
      system.start('fetcher'),
      system.start('importer'),
    ]);
    for (let n = 0; n < count; n++) system.origin.serveFile(`/t${n}.csv`, 'v\n0\n', { etag: '"0"' });
    ids = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const { id } = await customer.create({ url: system.origin.url(`/t${n}.csv`), interval: 3600 });
        return id;
      }),
    );
    await Promise.all(ids.map((id) => customer.settled(id, 'success')));
  });
  afterAll(() => system.stop());

  it.each([
    ['NATS, restarted', 1, async () => system.stack.restartNats()],
    ['NATS, killed', 2, async () => system.stack.restartNats('SIGKILL')],
    ['PostgreSQL, restarted', 3, async () => system.stack.restartPostgres()],
    ['PostgreSQL, killed', 4, async () => system.stack.restartPostgres('SIGKILL')],
  ] as const)('%s: nothing is lost and nothing runs twice at once', async (_name, version, restart) => {
    for (let n = 0; n < count; n++) {
      system.origin.serveFile(`/t${n}.csv`, `v\n${version}\n`, { etag: `"${version}"` });
    }
    // While the database is away the api says so; a customer tries again.
    const refreshed = Promise.all(
      ids.map(async (id) => {
        await waitFor(async () => (await customer.syncNow(id)).enqueued, { timeoutMs: 45_000 });
        return waitFor(
          async () => {
            const record = await customer.show(id);
            return record.state === 'success' && record.etag === String(version) ? record : null;
          },
          { timeoutMs: 45_000, until: `version ${version} was recorded` },
        );
      }),
    );
    await restart();
    await refreshed;

    for (let n = 0; n < count; n++) {
      const { rows } = await waitFor(() =>
        system.destination.query<{ v: number }>(`SELECT v FROM demo.t${n}`),
      );
      expect(rows).toEqual([{ v: version }]);
    }
    const overlapping = await waitFor(() =>
      system.metadata.query(
        `SELECT a.id FROM runs a JOIN runs b ON a.synchronization_id = b.synchronization_id AND a.id <> b.id
          WHERE a.requested_at < coalesce(b.finished_at, 'infinity')
            AND b.requested_at < coalesce(a.finished_at, 'infinity')`,
      ),
    );
    expect(overlapping.rows).toEqual([]);
    // A server that is killed may bring back messages that were acknowledged; it never delivers them.
    await waitFor(async () => (await system.bus()).waiting === 0, { until: 'no event waits for anybody' });
    await waitFor(async () => (await system.stagingTables()).length === 0);
    await waitFor(async () => (await system.stagedFiles()).length === 0);
  });

  it('a synchronization that is deleted during its run changes nothing more and leaves nothing', async () => {
    const hold = join(tmpdir(), `tidetable-hold-${process.pid}`);
    writeFileSync(hold, '');
    system.origin.serveFile('/gone.csv', 'v\n1\n');
    const held = await startSystemWithHeldImporter(hold);
    const { id } = await held.customer.create({ url: held.system.origin.url('/gone.csv'), interval: 3600 });
    await waitFor(async () => (await held.system.logs()).includes('held at checkpoint'));
    expect(await held.customer.remove(id)).toBe(204);
    rmSync(hold);
    await waitFor(async () => (await held.system.bus()).messages === 0);
    await waitFor(async () => (await held.system.stagingTables()).length === 0);
    await waitFor(async () => (await held.system.stagedFiles()).length === 0);
    const { rows } = await held.system.destination.query(`SELECT to_regclass('demo.gone') AS found`);
    expect(rows).toEqual([{ found: null }]);
    await held.system.stop();
  });

  async function startSystemWithHeldImporter(
    marker: string,
  ): Promise<{ system: System; customer: Customer }> {
    const held = await startSystem();
    held.origin.serveFile('/gone.csv', 'v\n1\n');
    await Promise.all([
      held.start('api'),
      held.start('scheduler'),
      held.start('fetcher'),
      held.start('importer', { TEST_HOLD_AT: 'before-swap', TEST_HOLD_MARKER: marker }),
    ]);
    return { system: held, customer: customerOf(held) };
  }
});
