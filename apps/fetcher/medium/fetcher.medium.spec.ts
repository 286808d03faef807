import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  runClosedV1Subject,
  type RunDescription,
  runFinishedV1Subject,
  runRequestedV1Subject,
  runStagedV1Subject,
  runStartedV1Subject,
} from '@tidetable/contracts';
import {
  type Bus,
  connectBus,
  ensureStream,
  publishEvent,
  streamName,
  tellRunClosed,
} from '@tidetable/jetstream';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import {
  type NatsServer,
  type Origin,
  type ResponseScript,
  startNats,
  startOrigin,
  waitFor,
} from '@tidetable/test-harness';
import { fetcherEnvSchema } from '../src/fetcher.env.js';
import { type RunningFetcher, start, type StartOptions } from '../src/start.js';
import { collectPublishedEvents, type PublishedEvents } from './published-events.js';
import { type ScriptedImporter, startScriptedImporter } from './scripted-importer.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';

const csv = 'name,latitude,longitude\nHamburg,53.54,9.98\n';
const etag = '"v1"';
const silent = createLogger('fetcher-test', 'fatal');

let nats: NatsServer;
let bus: Bus;
let scheduler: ScriptedScheduler;
let importer: ScriptedImporter;
let published: PublishedEvents;
let origin: Origin;
let folder: string;
/** Those that end with the test. */
let fetchers: RunningFetcher[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidetable-fetcher-'));
  nats = await startNats();
  bus = await connectBus(nats.url, 'fetcher-test', silent);
  await ensureStream(bus);
  scheduler = await startScriptedScheduler(nats.url);
  importer = await startScriptedImporter(nats.url);
  published = await collectPublishedEvents(bus);
});

afterAll(async () => {
  await published.stop();
  await scheduler.stop();
  await importer.stop();
  await bus.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  origin = await startOrigin();
  await mkdir(folder, { recursive: true });
  fetchers = [];
});

afterEach(async () => {
  await Promise.all(fetchers.map((fetcher) => fetcher.stop()));
  await origin.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a fetcher that ends with the test. */
async function startFetcher(
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<RunningFetcher> {
  const fetcher = await startLastingFetcher(environment, options);
  fetchers.push(fetcher);
  return fetcher;
}

async function startLastingFetcher(
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<RunningFetcher> {
  const env = parseEnvironment(fetcherEnvSchema, {
    NATS_URL: nats.url,
    STAGED_FILES_URL: `file://${folder}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    HEALTH_PORT: '0',
    ACK_WAIT_MS: '1000',
    RETRY_DELAY_MS: '5',
    ...environment,
  });
  return start(env, silent, options);
}

async function request({ runId, synchronizationId, runNumber }: RunDescription): Promise<void> {
  const requestedAt = new Date().toISOString();
  await publishEvent(bus, runRequestedV1Subject, { runId, synchronizationId, runNumber, requestedAt });
}

const stagedOf = (run: RunDescription) =>
  waitFor(() => published.of(runStagedV1Subject, run)[0], { until: 'the file is staged' });
const finishedOf = (run: RunDescription) =>
  waitFor(() => published.of(runFinishedV1Subject, run)[0], { until: 'the run has finished' });
/** Every request was acknowledged: nothing will be delivered again. */
const allAcknowledged = () =>
  waitFor(
    async () => {
      const { num_pending, num_ack_pending } = await bus.manager.consumers.info(
        streamName,
        'fetcher-requested',
      );
      return num_pending === 0 && num_ack_pending === 0;
    },
    { until: 'no request is open' },
  );
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('a requested run', () => {
  let fetcher: RunningFetcher;

  beforeAll(async () => {
    fetcher = await startLastingFetcher();
  });

  afterAll(async () => {
    await fetcher.stop();
  });

  it('ends in a staged file that holds what the source holds', async () => {
    origin.serveFile('/data/ports.csv', csv, {
      etag,
      headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    });
    const run = scheduler.open(origin.url('/data/ports.csv?token=secret'));
    await request(run);
    const staged = await stagedOf(run);
    expect(staged).toMatchObject({
      runId: run.runId,
      synchronizationId: run.synchronizationId,
      runNumber: 7,
      file: { bytes: csv.length, sha256: sha256(csv) },
      fileName: 'ports.csv',
      mediaType: 'text/csv',
      source: { etag, lastModified: null, bytes: csv.length, sha256: sha256(csv) },
      destination: run.destination,
      options: run.options,
    });
    expect(JSON.stringify(staged)).not.toContain('secret');
    expect(published.of(runStartedV1Subject, run)).toHaveLength(1);
    const [file = ''] = await readdir(folder);
    expect(await readFile(join(folder, file), 'utf8')).toBe(csv);
  });

  it('ends as unchanged when the source says so, and leaves no file', async () => {
    origin.serveFile('/ports.csv', csv, { etag });
    const previous = { etag, lastModified: null, sha256: sha256(csv), bytes: csv.length };
    const run = scheduler.open(origin.url('/ports.csv'), previous);
    await request(run);
    expect(await finishedOf(run)).toMatchObject({
      outcome: 'unchanged',
      unchangedBy: 'validator',
      source: previous,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends as unchanged when the content is the same under new validators, and leaves no file', async () => {
    const lastModified = 'Tue, 05 Nov 2024 10:00:00 GMT';
    origin.serveFile('/ports.csv', csv, { etag: '"v2"', lastModified });
    const previous = { etag, lastModified: null, sha256: sha256(csv), bytes: csv.length };
    const run = scheduler.open(origin.url('/ports.csv'), previous);
    await request(run);
    expect(await finishedOf(run)).toMatchObject({
      outcome: 'unchanged',
      unchangedBy: 'content-hash',
      source: { etag: '"v2"', lastModified, sha256: sha256(csv), bytes: csv.length },
    });
    expect(published.of(runStagedV1Subject, run)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is compared by its content when its server was believed often enough, and says what came of it', async () => {
    origin.serveFile('/ports.csv', csv, { etag });
    const validation = {
      comparedAt: new Date().toISOString(),
      believed: 2,
      confirmed: 1,
      trusted: 'all',
    } as const;
    const previous = { etag, lastModified: null, sha256: sha256(csv), bytes: csv.length, validation };
    const run = scheduler.open(origin.url('/ports.csv'), previous);
    await request(run);
    expect(await finishedOf(run)).toMatchObject({
      outcome: 'unchanged',
      unchangedBy: 'content-hash',
      source: { etag, validation: { believed: 0, confirmed: 2, trusted: 'all' } },
    });
    expect(origin.requests()[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('finds a change that its server hides, and does not believe it any more', async () => {
    origin.serveFile('/ports.csv', csv, { etag });
    const validation = {
      comparedAt: new Date().toISOString(),
      believed: 1,
      confirmed: 0,
      trusted: 'all',
    } as const;
    const run = scheduler.open(origin.url('/ports.csv'), {
      ...{ etag, lastModified: null, sha256: sha256('old'), bytes: 3, validation },
    });
    await request(run);
    expect((await stagedOf(run)).source).toMatchObject({
      sha256: sha256(csv),
      validation: { trusted: 'none' },
    });
  });

  it('is fetched anew when it broke off and can not go on', async () => {
    origin.respond(
      '/ports.csv',
      { body: csv, headers: { 'Content-Length': '1000' }, cutAfterBytes: 10 },
      { body: csv },
    );
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect((await stagedOf(run)).file.sha256).toBe(sha256(csv));
  });

  it('fails when its source is another one each time it is read', async () => {
    let version = 0;
    origin.respond('/ports.csv', () => ({
      headers: { ETag: `"${(version += 1)}"`, 'Content-Length': '1000' },
      body: csv,
      cutAfterBytes: 10,
    }));
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect(await finishedOf(run)).toMatchObject({ failure: { code: 'source-changing' } });
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails when its file is larger than the account may have, and passes the limits on otherwise', async () => {
    origin.serveFile('/ports.csv', csv);
    const small = scheduler.open(origin.url('/ports.csv'), null, { fileBytes: csv.length - 1 });
    await request(small);
    expect(await finishedOf(small)).toMatchObject({
      failure: { code: 'file-too-large', detail: `more than ${csv.length - 1} bytes` },
    });
    const limits = { fileBytes: csv.length, rows: 7 };
    const right = scheduler.open(origin.url('/ports.csv'), null, limits);
    await request(right);
    expect((await stagedOf(right)).options.limits).toEqual(limits);
  });

  it.each([
    ['by its validators', etag],
    ['by its content', '"v2"'],
  ])('is staged when it is unchanged %s but the table is gone', async (_, servedEtag) => {
    origin.serveFile('/ports.csv', csv, { etag: servedEtag });
    const previous = { etag, lastModified: null, sha256: sha256(csv), bytes: csv.length };
    const run = scheduler.open(origin.url('/ports.csv'), previous);
    importer.drop(run);
    await request(run);
    const staged = await stagedOf(run);
    expect(staged.source).toMatchObject({ etag: servedEtag, sha256: sha256(csv) });
    await allAcknowledged();
    expect(await filesByUri()).toEqual({ [staged.file.uri]: csv });
    expect(published.of(runFinishedV1Subject, run)).toEqual([]);
    const [first, second] = origin.requests();
    expect(origin.requests()).toHaveLength(2);
    expect(first?.headers['if-none-match']).toBe(etag);
    expect(second?.headers['if-none-match']).toBeUndefined();
  });

  it('ends as unchanged, with one request, when no importer can say whether the table is there', async () => {
    origin.serveFile('/ports.csv', csv, { etag });
    const previous = { etag, lastModified: null, sha256: sha256(csv), bytes: csv.length };
    const run = scheduler.open(origin.url('/ports.csv'), previous);
    importer.fall(run);
    await request(run);
    const finished = await waitFor(() => published.of(runFinishedV1Subject, run)[0], { timeoutMs: 20_000 });
    expect(finished).toMatchObject({ outcome: 'unchanged', unchangedBy: 'validator' });
    expect(importer.timesAsked(run)).toBeGreaterThan(1);
    expect(origin.requests()).toHaveLength(1);
  });

  it('is staged when it has changed', async () => {
    origin.serveFile('/ports.csv', csv, { etag: '"v2"' });
    const run = scheduler.open(origin.url('/ports.csv'), {
      etag,
      lastModified: null,
      sha256: sha256('old'),
      bytes: 3,
    });
    await request(run);
    expect((await stagedOf(run)).source).toMatchObject({ etag: '"v2"', sha256: sha256(csv) });
  });

  it('fails with the code of what is wrong with the source, and leaves no file', async () => {
    origin.respond('/gone.csv', { status: 404 });
    origin.respond('/cut.csv', { body: csv, headers: { 'Content-Length': '1000' }, cutAfterBytes: 10 });
    const gone = scheduler.open(origin.url('/gone.csv'));
    const cut = scheduler.open(origin.url('/cut.csv'));
    const hidden = scheduler.open('http://127.0.0.2:8009/x.csv');
    await Promise.all([gone, cut, hidden].map(request));
    expect(await finishedOf(gone)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'source-not-found', detail: 'HTTP 404' },
    });
    expect(await finishedOf(cut)).toMatchObject({
      failure: { code: 'source-truncated' },
    });
    expect(await finishedOf(hidden)).toMatchObject({
      failure: { code: 'source-address-refused', detail: null },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is dropped without a word when it is over, and its file is removed', async () => {
    origin.serveFile('/ports.csv', csv);
    const run = scheduler.open(origin.url('/ports.csv'));
    scheduler.close(run);
    await writeFile(join(folder, `${run.runId}-1`), 'left by an earlier attempt');
    await request(run);
    await waitFor(() => scheduler.timesAsked(run) > 0);
    await allAcknowledged();
    expect(origin.requests()).toEqual([]);
    expect(published.of(runStartedV1Subject, run)).toEqual([]);
    expect(published.of(runFinishedV1Subject, run)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a run that is closed while it is fetched', () => {
  it.each<[string, ResponseScript]>([
    ['the server has not answered', { hang: 'before-headers' }],
    ['nothing has come of the file', { body: csv, hang: 'after-headers' }],
    ['a part of the file has come', { body: () => [csv], hang: 'after-body' }],
  ])('while %s is dropped at once, and leaves nothing', async (_when, response) => {
    origin.respond('/slow.csv', response);
    await startFetcher();
    const run = scheduler.open(origin.url('/slow.csv'));
    await request(run);
    await waitFor(() => origin.requests().length === 1);
    scheduler.close(run);
    tellRunClosed(bus, run);
    await allAcknowledged();
    expect(published.of(runFinishedV1Subject, run)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    await waitFor(async () => (await origin.openConnectionCount()) === 0);
    expect(origin.requests()).toHaveLength(1);
  });

  it('does not end another run', async () => {
    origin.respond('/slow.csv', { body: csv, bodyDelayMs: 300 });
    await startFetcher();
    const run = scheduler.open(origin.url('/slow.csv'));
    await request(run);
    await waitFor(() => origin.requests().length === 1);
    bus.connection.publish(runClosedV1Subject, 'not even JSON');
    tellRunClosed(bus, scheduler.open(origin.url('/slow.csv')));
    await stagedOf(run);
  });
});

describe('a run that is delivered again', () => {
  it('after its file came to rest is staged once, and the first file is removed', async () => {
    origin.serveFile('/ports.csv', csv);
    let failures = 0;
    await startFetcher({}, { checkpoint: (name) => failOnce(name === 'after-download' && failures++ === 0) });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    const staged = await stagedOf(run);
    await allAcknowledged();
    expect(origin.requests()).toHaveLength(2);
    expect(published.of(runStagedV1Subject, run)).toHaveLength(1);
    expect(await filesByUri()).toEqual({ [staged.file.uri]: csv });
  });

  it('after its file was announced leaves that file as it is, though the source has changed', async () => {
    origin.respond('/ports.csv', { body: csv }, { body: 'name\nBremen\n' });
    let failures = 0;
    await startFetcher({}, { checkpoint: (name) => failOnce(name === 'after-stage' && failures++ === 0) });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    const staged = await stagedOf(run);
    await waitFor(() => origin.requests().length === 2);
    await allAcknowledged();
    expect(published.of(runStagedV1Subject, run)).toEqual([staged]);
    expect(await filesByUri()).toEqual({ [staged.file.uri]: csv });
  });

  it('with a source that has become bad in the meantime leaves no file', async () => {
    origin.respond('/ports.csv', { body: csv }, { status: 403 });
    let failures = 0;
    await startFetcher({}, { checkpoint: (name) => failOnce(name === 'after-download' && failures++ === 0) });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect(await finishedOf(run)).toMatchObject({ failure: { code: 'source-forbidden' } });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is closed as our failure after twelve attempts, and leaves no file', async () => {
    origin.serveFile('/ports.csv', csv);
    await startFetcher({}, { checkpoint: () => failOnce(true) });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect(await finishedOf(run)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'internal', detail: null },
    });
    await allAcknowledged();
    expect(origin.requests()).toHaveLength(12);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is no more the source’s fault than ours when the store is broken', async () => {
    origin.serveFile('/ports.csv', csv);
    await startFetcher();
    await rm(folder, { recursive: true });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect(await finishedOf(run)).toMatchObject({ failure: { code: 'internal' } });
  });
});

describe('a fetcher', () => {
  it('stages into the object store of NATS when that is the store', async () => {
    origin.serveFile('/ports.csv', csv);
    await startFetcher({ STAGED_FILES_URL: 'nats-object-store:' });
    const run = scheduler.open(origin.url('/ports.csv'));
    await request(run);
    expect((await stagedOf(run)).file.sha256).toBe(sha256(csv));
    expect(await readdir(folder)).toEqual([]);
  });

  it('fetches as many runs at once as it is told to', async () => {
    origin.respond('/slow.csv', { hang: 'before-headers' });
    await startFetcher({ FETCH_CONCURRENCY: '3', IDLE_TIMEOUT_MS: '1500' });
    const runs = Array.from({ length: 5 }, () => scheduler.open(origin.url('/slow.csv')));
    await Promise.all(runs.map(request));
    await waitFor(() => origin.requests().length === 3);
    expect(await origin.openConnectionCount()).toBe(3);
    expect(runs.flatMap((run) => published.of(runFinishedV1Subject, run))).toEqual([]);
    await Promise.all(runs.map(finishedOf));
    expect(origin.requests()).toHaveLength(5);
  });

  it('keeps a run that takes longer than the wait for an acknowledgement', async () => {
    origin.respond('/slow.csv', { body: csv, bodyDelayMs: 2_500 });
    await startFetcher({ ACK_WAIT_MS: '1000' });
    await startFetcher({ ACK_WAIT_MS: '1000' });
    const run = scheduler.open(origin.url('/slow.csv'));
    await request(run);
    await stagedOf(run);
    await allAcknowledged();
    expect(origin.requests()).toHaveLength(1);
  });

  it('says whether it is ready', async () => {
    const fetcher = await startFetcher();
    const readiness = await fetch(`http://127.0.0.1:${fetcher.healthPort}/readyz`);
    expect([readiness.status, await readiness.json()]).toEqual([
      200,
      { ready: true, checks: { bus: 'ok', store: 'ok' } },
    ]);
    await rm(folder, { recursive: true });
    expect((await fetch(`http://127.0.0.1:${fetcher.healthPort}/readyz`)).status).toBe(503);
  });

  it('finishes the run in hand when it stops', async () => {
    origin.respond('/slow.csv', { body: csv, bodyDelayMs: 700 });
    const fetcher = await startFetcher();
    const run = scheduler.open(origin.url('/slow.csv'));
    await request(run);
    await waitFor(() => origin.requests().length === 1);
    await fetcher.stop();
    expect((await stagedOf(run)).file.sha256).toBe(sha256(csv));
    await allAcknowledged();
  });

  it('hands the run in hand to another when it can’t finish it in time', async () => {
    origin.respond('/slow.csv', { body: csv, hang: 'before-headers' }, { body: csv });
    const fetcher = await startFetcher({ DRAIN_TIMEOUT_MS: '200' });
    const run = scheduler.open(origin.url('/slow.csv'));
    await request(run);
    await waitFor(() => origin.requests().length === 1);
    await fetcher.stop();
    expect(published.of(runFinishedV1Subject, run)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    await startFetcher();
    expect((await stagedOf(run)).file.sha256).toBe(sha256(csv));
  });

  it('removes forgotten files of runs that are over, and no others', async () => {
    const over = scheduler.open(origin.url('/x.csv'));
    const open = scheduler.open(origin.url('/x.csv'));
    scheduler.close(over);
    for (const name of [`${over.runId}-1`, `${over.runId}-2`, `${open.runId}-1`, 'not-a-run']) {
      await writeFile(join(folder, name), csv);
    }
    await startFetcher({ SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '1' });
    await waitFor(async () => (await readdir(folder)).length === 2);
    expect((await readdir(folder)).sort()).toEqual([`${open.runId}-1`, 'not-a-run'].sort());
  });
});

/** What a crash of our own between two steps looks like to the event: it was not handled. */
function failOnce(isFailing: boolean): void {
  if (isFailing) throw new Error('cut off here');
}

async function filesByUri(): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const files = names.map(
    async (name) => [`staged:${name}`, await readFile(join(folder, name), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}
