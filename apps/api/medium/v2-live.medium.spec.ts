import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bus, connectBus, progressTeller, tellFeed } from '@tidetable/jetstream';
import { createLogger } from '@tidetable/service-host';
import {
  insertRun,
  insertSynchronization,
  type NatsServer,
  startNats,
  waitFor,
} from '@tidetable/test-harness';
import type { Asks } from '../src/database/metadata-database.js';
import { LiveStream } from '../src/v2/live/live-stream.js';
import { parseApiEnvironment } from '../src/api.env.js';
import { type ApiService, start } from '../src/start.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { type EventReader, readEvents } from './event-reader.js';
import { v2Customer, type V2Customer } from './v2-world.js';

const quiet = createLogger('test', 'fatal');

describe('watching by version 2', () => {
  let nats: NatsServer;
  let bus: Bus;
  let api: ApiUnderTest;
  let customer: V2Customer;
  const readers: EventReader[] = [];
  beforeAll(async () => {
    nats = await startNats();
    bus = await connectBus(nats.url, 'test', quiet);
    api = await startApi({ NATS_URL: nats.url, LIVE_CHECK_INTERVAL_MS: '300' });
    customer = await v2Customer(api);
  });
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.hangUp();
  });
  afterAll(async () => {
    await api.stop();
    await bus.close();
    await nats.stop();
  });

  const watch = async (
    path: string,
    {
      by = customer,
      lastId,
      port = api.port,
    }: { by?: V2Customer; lastId?: string | null; port?: number } = {},
  ): Promise<EventReader> => {
    const headers = {
      authorization: `Bearer ${by.key}`,
      accept: 'text/event-stream',
      ...(lastId == null ? {} : { 'last-event-id': lastId }),
    };
    const reader = await readEvents(port, `/api/v2${path}`, headers);
    readers.push(reader);
    return reader;
  };
  const synchronization = async (of: V2Customer = customer): Promise<string> =>
    (await insertSynchronization(api.sql, { account_id: of.id, state: 'success' })).id;
  const hint = (id: string, of: V2Customer = customer): void =>
    tellFeed(bus, { accountId: of.id, synchronizationId: id }, { kind: 'state' });
  let runNumber = 0;
  /** What a scheduler writes: a run is claimed, started, and ended. */
  const claim = async (id: string, tells = true): Promise<string> => {
    const runId = randomUUID();
    runNumber += 1;
    await api.sql.query(
      `UPDATE synchronizations SET state = 'queued', attempted_at = clock_timestamp(), runs_count = $2 WHERE id = $1`,
      [id, runNumber],
    );
    await insertRun(api.sql, id, { id: runId, run_number: runNumber, requested_at: new Date() });
    await api.sql.query('UPDATE runs SET requested_at = clock_timestamp() WHERE id = $1', [runId]);
    if (tells) hint(id);
    return runId;
  };
  const begin = async (id: string, runId: string, tells = true): Promise<void> => {
    await api.sql.query(`UPDATE runs SET started_at = clock_timestamp() WHERE id = $1`, [runId]);
    await api.sql.query(`UPDATE synchronizations SET state = 'syncing' WHERE id = $1`, [id]);
    if (tells) hint(id);
  };
  const end = async (id: string, runId: string, tells = true): Promise<void> => {
    await api.sql.query(
      `UPDATE runs SET finished_at = clock_timestamp(), outcome = 'failed', failure_code = 'source-not-found',
              failure_detail = 'HTTP 404' WHERE id = $1`,
      [runId],
    );
    await api.sql.query(
      `UPDATE synchronizations SET state = 'failure', failure_code = 'source-not-found', attempted_at = clock_timestamp() WHERE id = $1`,
      [id],
    );
    if (tells) hint(id);
  };
  const whole = async (id: string, tells = true): Promise<string> => {
    const runId = await claim(id, tells);
    await begin(id, runId, tells);
    await end(id, runId, tells);
    return runId;
  };
  const statesOf = ({ events }: EventReader): string[] =>
    events
      .filter(({ event }) => event === 'state')
      .map(({ data }) => `${String(data['run_id'])} ${String(data['state'])}`);
  const statesOfRun = (runId: string): string[] =>
    ['queued', 'syncing', 'failure'].map((state) => `${runId} ${state}`);
  const until = (reader: EventReader, count: number): Promise<unknown> =>
    waitFor(async () => statesOf(reader).length >= count, { until: `${count} states came` });

  it('begins with the present state and goes on with each change, in order, with the reason of a failure', async () => {
    const id = await synchronization();
    const reader = await watch(`/synchronizations/${id}/events`);
    expect([reader.status, reader.headers]).toMatchObject([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    ]);
    expect((await reader.next('snapshot')).data).toEqual({
      synchronizations: [
        { synchronization_id: id, table: 'ports', state: 'success', run_id: null, run_number: null },
      ],
    });
    const runId = await whole(id);
    await until(reader, 3);
    expect(statesOf(reader)).toEqual(statesOfRun(runId));
    expect(reader.events.at(-1)?.data).toMatchObject({
      ...{ synchronization_id: id, outcome: 'failed', table: 'ports' },
      failure: { code: 'source-not-found', detail: 'HTTP 404' },
    });
  });

  it('finds within a while what no hint told of, and shows that the connection lives', async () => {
    const id = await synchronization();
    const reader = await watch(`/synchronizations/${id}/events`);
    const runId = await whole(id, false);
    await until(reader, 3);
    expect(statesOf(reader)).toEqual(statesOfRun(runId));
    expect(reader.text()).toContain('\n: still here\n');
  });

  it('passes on how a run gets on, twice a second at most, without an id', async () => {
    const id = await synchronization();
    const reader = await watch(`/synchronizations/${id}/events`);
    await reader.next('snapshot');
    const runId = await claim(id);
    await until(reader, 1);
    const tell = progressTeller(bus, { accountId: customer.id, synchronizationId: id, runId });
    for (let bytes = 0; bytes < 1_000; bytes += 1) tell({ phase: 'fetching', bytes });
    tell({ phase: 'loading', bytesTotal: 1_000, rows: 7 });
    const told = await reader.next('progress');
    await waitFor(async () => reader.events.some(({ data }) => data['phase'] === 'loading'), {
      until: 'it loads',
    });
    const progress = reader.events.filter(({ event }) => event === 'progress');
    expect(told).toMatchObject({
      id: null,
      data: { run_id: runId, phase: 'fetching', bytes: 0, bytes_total: null },
    });
    expect(progress.at(-1)?.data).toMatchObject({
      phase: 'loading',
      bytes: null,
      bytes_total: 1_000,
      rows: 7,
    });
    expect(progress.length).toBeLessThan(5);
  });

  it('goes on at another api where it was, without losing or repeating anything', async () => {
    const ids = [await synchronization(), await synchronization()];
    const first = await watch('/events');
    await first.next('snapshot');
    const before = [await whole(ids[0]!), await whole(ids[1]!)];
    await until(first, 6);
    const open = await claim(ids[0]!);
    await until(first, 7);
    first.hangUp();
    await begin(ids[0]!, open, false);
    await end(ids[0]!, open, false);
    const missed = await whole(ids[1]!, false);

    const environment = parseApiEnvironment({
      ...{ METADATA_DATABASE_URL: api.databaseUrl, NATS_URL: nats.url, API_HOST: '127.0.0.1' },
      ...{ API_PORT: '0', HEALTH_PORT: '0', LIVE_CHECK_INTERVAL_MS: '100' },
    });
    const another: ApiService = await start(environment, quiet);
    const second = await watch('/events', { lastId: first.lastId(), port: another.port });
    await until(second, 5);
    const last = await whole(ids[0]!);
    await until(second, 8);
    // Several looks later nothing has come twice.
    const beats = second.text().split('still here').length;
    await waitFor(async () => second.text().split('still here').length > beats + 3, {
      until: 'it has looked again',
    });
    await another.stop();
    await second.over();
    expect(second.events.some(({ event }) => event === 'snapshot' || event === 'reset')).toBe(false);
    expect(second.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'shutdown' } });
    const wanted = [...before, open, missed, last].flatMap(statesOfRun);
    expect([...statesOf(first), ...statesOf(second)].sort()).toEqual(wanted.sort());
    const ofOpen = [...statesOf(first), ...statesOf(second)].filter((state) => state.startsWith(open));
    expect(ofOpen).toEqual(statesOfRun(open));
  });

  it.each(['x', '1-1-', '9999999999999999-1-'])(
    'begins anew for an id that leads nowhere: %s',
    async (lastId) => {
      const reader = await watch('/events', { lastId });
      await reader.next('snapshot');
      expect(reader.events.map(({ event }) => event)).toEqual(['reset', 'snapshot']);
    },
  );

  it('never shows another account anything, not even that it exists', async () => {
    const other = await v2Customer(api);
    const id = await synchronization();
    const theirs = await watch('/events', { by: other });
    await theirs.next('snapshot');
    const ours = await watch('/events');
    await whole(id);
    tellFeed(
      bus,
      { accountId: customer.id, synchronizationId: id },
      {
        ...{ kind: 'progress', runId: randomUUID(), phase: 'loading', rows: 1 },
      },
    );
    await ours.next('progress');
    const beats = theirs.text().split('still here').length;
    await waitFor(async () => theirs.text().split('still here').length > beats + 1, {
      until: 'it has looked again',
    });
    expect(theirs.events.map(({ event }) => event)).toEqual(['snapshot']);
    const hidden = await other.call('GET', `/synchronizations/${id}/events`);
    expect([hidden.status, hidden.json]).toMatchObject([404, { type: '/problems/not-found' }]);
  });

  it('ends with the synchronization, with the key, and with the account', async () => {
    const id = await synchronization();
    const ofDeleted = await watch(`/synchronizations/${id}/events`);
    await api.sql.query('UPDATE synchronizations SET deleted_at = now() WHERE id = $1', [id]);
    await ofDeleted.over();
    expect(ofDeleted.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'deleted' } });
    const [revoked, disabled] = [await v2Customer(api), await v2Customer(api)];
    const [first, second] = [
      await watch('/events', { by: revoked }),
      await watch('/events', { by: disabled }),
    ];
    await api.sql.query('UPDATE api_keys SET revoked_at = now() WHERE account_id = $1', [revoked.id]);
    await api.sql.query(`UPDATE accounts SET state = 'disabled' WHERE id = $1`, [disabled.id]);
    for (const reader of [first, second]) {
      await reader.over();
      expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'key' } });
    }
  });

  it('is for twenty at a time of one account, and room is made by whoever hangs up', async () => {
    const busy = await v2Customer(api);
    const open = await Promise.all(Array.from({ length: 20 }, () => watch('/events', { by: busy })));
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    const refused = await busy.call('GET', '/events', { headers: { accept: '*/*' } });
    expect([refused.status, refused.headers['retry-after'], refused.json]).toMatchObject([
      ...[429, '10', { type: '/problems/streams-too-many' }],
    ]);
    expect((await watch('/events')).status).toBe(200);
    open[0]?.hangUp();
    await waitFor(async () => (await watch('/events', { by: busy })).status === 200, {
      until: 'there is room',
    });
  });

  it('hangs up on who does not read, and on nobody else', async () => {
    const id = await synchronization();
    const database: Asks = {
      query: async <Row extends object>({ text }: { text: string }, values: readonly unknown[]) =>
        (await api.sql.query<Row>(text, [...values])).rows,
    };
    let isClosed = false;
    const watched = { accountId: customer.id, synchronizationId: null };
    const slow = new LiveStream(database, watched, () => (isClosed = true), 200);
    await slow.begin(undefined);
    const quick = await watch('/events');
    await quick.next('snapshot');
    const detail = 'x'.repeat(250);
    for (let batch = 0; batch < 4; batch += 1) {
      const wanted = statesOf(quick).length + 180;
      await api.sql.query(
        `INSERT INTO runs (id, synchronization_id, run_number, trigger, requested_at, deadline_at, finished_at, outcome, failure_code, failure_detail)
         SELECT gen_random_uuid(), s.id, $2 + n, 'schedule', clock_timestamp(), now(), clock_timestamp(), 'failed', 'source-not-found', $3
           FROM synchronizations s, generate_series(1, 90) n WHERE s.id = $1`,
        [id, runNumber, detail],
      );
      runNumber += 90;
      await api.sql.query(
        'UPDATE synchronizations SET attempted_at = clock_timestamp(), runs_count = $2 WHERE id = $1',
        [id, runNumber],
      );
      hint(id);
      slow.hint({ kind: 'state' }, id);
      await until(quick, wanted);
    }
    await slow.check();
    expect(slow.output.readableLength).toBeLessThan(80_000);
    expect([slow.output.destroyed, isClosed]).toEqual([true, true]);
    // All that the last batch told, once more, and more than is written before it is read.
    const before = quick.events.filter(({ event }) => event === 'state').at(-181)?.id ?? null;
    const again = await watch('/events', { lastId: before });
    await until(again, 180);
    expect(statesOf(again)).toEqual(statesOf(quick).slice(-180));
    expect(quick.isOver()).toBe(false);
    expect(new Set(statesOf(quick)).size).toBe(statesOf(quick).length);
  });
});
