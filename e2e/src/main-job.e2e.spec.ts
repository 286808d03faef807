import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tidetable/test-harness';
import { type Customer, customerOf } from './client.js';
import { startSystem, type System } from './system.js';

describe('a table kept in step with a file', () => {
  let system: System;
  let customer: Customer;

  beforeAll(async () => {
    system = await startSystem();
    customer = customerOf(system);
    await Promise.all([
      system.start('api'),
      system.start('scheduler'),
      system.start('fetcher'),
      system.start('importer'),
    ]);
  });
  afterAll(() => system.stop());

  const tableOid = async (): Promise<string> =>
    (await system.destination.query<{ oid: string }>(`SELECT 'demo.ports'::regclass::oid AS oid`)).rows[0]!
      .oid;

  it('arrives, follows a change, is left alone without one, and outlives its synchronization', async () => {
    system.origin.serveFile('/ports.csv', 'code,name,lat,lon\n007,Rotterdam,51.95,4.14\n', { etag: '"v1"' });
    const created = await customer.create({ url: system.origin.url('/ports.csv'), interval: '3600' });
    expect(created).toMatchObject({ state: 'created', interval: 3600, name: null });
    const first = await customer.settled(created.id, 'success');
    expect(first).toMatchObject({ name: 'ports', error_code: null, retried_times: 0, etag: 'v1' });
    const { rows } = await system.destination.query(
      `SELECT cartodb_id::int, code, name, ST_AsText(the_geom) AS geom, ST_SRID(the_geom_webmercator) AS srid FROM demo.ports`,
    );
    expect(rows).toEqual([
      { cartodb_id: 1, code: '007', name: 'Rotterdam', geom: 'POINT(4.14 51.95)', srid: 3857 },
    ]);

    const changed = 'code,name,lat,lon\n007,Rotterdam,51.95,4.14\n042,Piraeus,37.94,23.64\n';
    system.origin.serveFile('/ports.csv', changed, { etag: '"v2"' });
    const second = await customer.refresh(created.id);
    expect(second.etag).toBe('v2');
    expect((await system.destination.query('SELECT code FROM demo.ports ORDER BY 1')).rows).toEqual([
      { code: '007' },
      { code: '042' },
    ]);

    const oid = await tableOid();
    const requests = system.origin.requests('/ports.csv').length;
    const third = await customer.refresh(created.id);
    // Who asks by hand has a reason: the content is compared, whatever the server says.
    expect(system.origin.requests('/ports.csv')[requests]!.headers).not.toHaveProperty('if-none-match');
    expect(Date.parse(third.ran_at)).toBeGreaterThanOrEqual(Date.parse(second.ran_at));
    expect(third.updated_at).toBe(second.updated_at);
    expect(await tableOid()).toBe(oid);

    expect(await customer.remove(created.id)).toBe(204);
    await expect(customer.show(created.id)).rejects.toThrow('HTTP 404');
    expect((await system.destination.query('SELECT count(*)::int AS n FROM demo.ports')).rows).toEqual([
      { n: 2 },
    ]);
    expect(await tableOid()).toBe(oid);
  });

  it('leaves out rows that cannot be read, and says which and why', async () => {
    system.origin.serveFile(
      '/patchy.csv',
      `code,name\n007,Rotterdam\n008,"Le" Havre\n${'009,Piraeus\n'.repeat(3)}010,Genoa,Italy\n`,
    );
    const { id, data_import } = await customer.create({
      url: system.origin.url('/patchy.csv'),
      interval: '3600',
    });
    await customer.settled(id, 'success');
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${system.apiUrl}/api/v1${path}?api_key=${system.apiKey}`)).json();
    const address = `/synchronizations/${id}/runs/${data_import.item_queue_id}/rejects`;
    expect(await get(`/imports/${data_import.item_queue_id}`)).toMatchObject({
      success: true,
      warnings: {
        messages: [
          `2 rows were rejected and not imported, the first on line 3; /api/v1${address} tells which and why.`,
        ],
      },
    });
    const rejects = [
      { number: 1, line: 3, reason: 'text-after-quote', content: '008,"Le" Havre' },
      { number: 2, line: 7, reason: 'fields-too-many', content: '010,Genoa,Italy' },
    ];
    expect(await get(address)).toMatchObject({ rejected_rows: 2, rejects, next_after: null });
    expect((await system.destination.query('SELECT count(*)::int AS n FROM demo.patchy')).rows).toEqual([
      { n: 4 },
    ]);
    expect(await system.logs()).not.toContain('Havre');

    system.origin.serveFile('/patchy.csv', 'code,name\n007,"Rotter"dam\n008,Le,Havre\n');
    await customer.refresh(id, 'failure');
    expect(await get(`/synchronizations/${id}/runs/latest/rejects`)).toMatchObject({
      rejected_rows: 2,
      rejects: [{ line: 2 }, { line: 3 }],
    });
  });

  it('calls a file unchanged by its content when the server gives no validators', async () => {
    system.origin.serveFile('/plain.csv', 'a\n1\n');
    const { id } = await customer.create({ url: system.origin.url('/plain.csv'), interval: 3600 });
    const first = await customer.settled(id, 'success');
    await customer.refresh(id);
    const runs = await system.metadata.query<{ outcome: string; unchanged_by: string | null }>(
      'SELECT outcome, unchanged_by FROM runs WHERE synchronization_id = $1 ORDER BY run_number',
      [id],
    );
    expect(runs.rows).toEqual([
      { outcome: 'imported', unchanged_by: null },
      { outcome: 'unchanged', unchanged_by: 'content-hash' },
    ]);
    expect((await customer.show(id)).updated_at).toBe(first.updated_at);
  });

  it('comes back when its owner dropped it, though the file is unchanged', async () => {
    const content = 'code,name\n007,Rotterdam\n042,Piraeus\n';
    system.origin.serveFile('/dropped.csv', content, { etag: '"d1"' });
    const { id } = await customer.create({ url: system.origin.url('/dropped.csv'), interval: 3600 });
    await customer.settled(id, 'success');
    await system.destination.query('DROP TABLE demo.dropped');
    const again = await customer.refresh(id);
    expect(again).toMatchObject({ name: 'dropped', error_code: null, etag: 'd1' });
    const { rows } = await system.destination.query('SELECT code, name FROM demo.dropped ORDER BY code');
    expect(rows).toEqual([
      { code: '007', name: 'Rotterdam' },
      { code: '042', name: 'Piraeus' },
    ]);
  });

  it('refreshes by itself when the interval is over', async () => {
    system.origin.serveFile('/often.csv', 'a\n1\n', { etag: '"a"' });
    const { id } = await customer.create({ url: system.origin.url('/often.csv'), interval: 1 });
    await customer.settled(id, 'success');
    system.origin.serveFile('/often.csv', 'a\n2\n', { etag: '"b"' });
    await waitFor(
      async () => (await system.destination.query('SELECT a FROM demo.often WHERE a = 2')).rowCount === 1,
    );
    expect(await customer.remove(id)).toBe(204);
  });

  it('shows the first import under its item_queue_id', async () => {
    system.origin.serveFile('/queue.csv', 'a\n1\n');
    const created = await customer.create({ url: system.origin.url('/queue.csv'), interval: 3600 });
    await customer.settled(created.id, 'success');
    const { endpoint, item_queue_id: item } = created.data_import;
    const response = await fetch(`${system.apiUrl}${endpoint}/${item}?api_key=${system.apiKey}`);
    expect(await response.json()).toMatchObject({
      id: item,
      state: 'complete',
      success: true,
      table_name: 'queue',
      synchronization_id: created.id,
    });
  });

  it('leaves nothing on the way', async () => {
    await waitFor(async () => (await system.bus()).messages === 0);
    expect(await system.stagedFiles()).toEqual([]);
    expect(await system.stagingTables()).toEqual([]);
    expect((await system.bus()).consumers).toEqual([
      'fetcher-requested',
      'importer-staged',
      'scheduler-finished',
      'scheduler-started',
    ]);
  });
});

describe('services without a common folder', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ STAGED_FILES_URL: 'nats-object-store:' });
    await Promise.all([
      system.start('api'),
      ...(['scheduler', 'fetcher', 'importer'] as const).flatMap((name) => [
        system.start(name),
        system.start(name),
      ]),
    ]);
  });
  afterAll(() => system.stop());

  it('hand files over through NATS, two of each side by side', async () => {
    const customer = customerOf(system);
    // Types are disproved on the last line, so that the file is read more than once.
    const rows = Array.from({ length: 60_000 }, (_, n) => `${n},some words to make it longer\n`).join('');
    system.origin.serveFile('/large.csv', `id,words\n${rows}last,x\n`);
    const { id } = await customer.create({ url: system.origin.url('/large.csv'), interval: 3600 });
    await customer.settled(id, 'success');
    const { rows: counted } = await system.destination.query(
      `SELECT count(*)::int AS n, max(id) AS last FROM demo.large`,
    );
    expect(counted).toEqual([{ n: 60_001, last: 'last' }]);
    await waitFor(async () => (await system.bus()).messages === 0);
    expect(await system.stagingTables()).toEqual([]);
  });
});
