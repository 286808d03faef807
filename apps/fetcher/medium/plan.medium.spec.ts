import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  planFileV1Pattern,
  type PlanFileV1Reply,
  type PlanFileV1Request,
  planFileV1RequestSchema,
  type PlanSourceV1Reply,
  type PlanSourceV1Request,
  type TablePlan,
} from '@tidetable/contracts';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { FetcherClient } from '@tidetable/scheduler-client';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { type NatsServer, type Origin, startNats, startOrigin, waitFor } from '@tidetable/test-harness';
import { fetcherEnvSchema } from '../src/fetcher.env.js';
import { type RunningFetcher, start } from '../src/start.js';

const csv = 'name,latitude,longitude\nHamburg,53.54,9.98\n';
const planned: TablePlan = {
  file: {
    ...{ name: 'a.csv', format: 'csv', bytes: csv.length },
    ...{ member: null, otherMembers: [], layer: null, otherLayers: [] },
  },
  columns: [{ name: 'name', header: 'name', type: 'text', why: 'No other type fits all of its values.' }],
  geometry: null,
  rows: 1,
  rejected: { rows: 0, reasons: [] },
  firstRows: [['Hamburg']],
  fileColumns: ['name'],
  warnings: [],
  difference: null,
};

let nats: NatsServer;
let origin: Origin;
let folder: string;
let fetcher: RunningFetcher;
let importer: ServerNats;
let client: FetcherClient;
/** What the importer was asked, and how it answers. */
let asked: PlanFileV1Request[];
let stagedThen: string[];
let answer: () => PlanFileV1Reply | Promise<PlanFileV1Reply>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidetable-plan-'));
  nats = await startNats();
  origin = await startOrigin();
  importer = new ServerNats({ servers: [nats.url] });
  importer.addHandler(planFileV1Pattern, async (question: unknown) => {
    asked.push(planFileV1RequestSchema.parse(question));
    stagedThen = await stagedFiles();
    return answer();
  });
  await new Promise<void>((resolve) => void importer.listen(() => resolve()));
  const env = parseEnvironment(fetcherEnvSchema, {
    NATS_URL: nats.url,
    STAGED_FILES_URL: `file://${folder}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    CREDENTIALS_OVER_HTTP: 'true',
    HEALTH_PORT: '0',
    PLAN_CONCURRENCY: '2',
    PLAN_FILE_BYTES_MAX: '1000',
  });
  fetcher = await start(env, createLogger('fetcher-test', 'fatal'));
  client = FetcherClient.create(natsConnectionOptions(nats.url), 'plan-test');
});

afterAll(async () => {
  await client.close();
  await fetcher.stop();
  await importer.close();
  await origin.stop();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
  stagedThen = [];
  answer = () => ({ outcome: 'planned', plan: planned });
});

/** All files of the store, also unfinished ones. */
const stagedFiles = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

function ask(path: string, given: Partial<PlanSourceV1Request> = {}): Promise<PlanSourceV1Reply> {
  const options = { typeGuessing: true, quotedFieldsGuessing: true, contentGuessing: false };
  const request: PlanSourceV1Request = {
    planId: randomUUID(),
    accountId: randomUUID(),
    source: { kind: 'url', url: origin.url(path) },
    ...{ headers: null, basicAuth: null, options, timeoutMs: 20_000, synchronizationId: null },
    ...given,
  };
  return client.planSource(request, new AbortController().signal);
}

/** The importer answers when what this returns is called. */
function answerLater(): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  answer = async () => {
    await released;
    return { outcome: 'planned', plan: planned };
  };
  return () => release();
}

describe('a plan', () => {
  it('is made of the whole file, which is gone afterwards', async () => {
    origin.respond('/a.csv', { body: csv });
    const planId = randomUUID();
    expect(await ask('/a.csv', { planId })).toEqual({ outcome: 'planned', plan: planned });
    expect(asked).toMatchObject([{ planId, fileName: 'a.csv', file: { bytes: csv.length } }]);
    expect(stagedThen).toHaveLength(1);
    expect(await stagedFiles()).toEqual([]);
  });

  it('carries what was given for its requests', async () => {
    origin.respond('/guarded.csv', { body: csv });
    await ask('/guarded.csv', {
      headers: { 'X-Key': 'k' },
      basicAuth: { username: 'ana', password: 'secret' },
    });
    expect(origin.requests('/guarded.csv').at(-1)?.headers).toMatchObject({
      'x-key': 'k',
      authorization: 'Basic YW5hOnNlY3JldA==',
    });
  });

  it.each([
    ['is not there', '/absent.csv', { status: 404, body: 'no' }, 'source-not-found'],
    ['is longer than a plan may fetch', '/long.csv', { body: 'x'.repeat(1_001) }, 'file-too-large'],
  ])('of a source that %s fails as a run would and leaves no file', async (_what, path, script, code) => {
    origin.respond(path, script);
    expect(await ask(path)).toMatchObject({ outcome: 'failed', failure: { code } });
    expect(asked).toEqual([]);
    expect(await stagedFiles()).toEqual([]);
  });

  it('passes on why a file cannot be read', async () => {
    origin.respond('/a.csv', { body: csv });
    answer = () => ({ outcome: 'failed', failure: { code: 'file-empty', detail: null } });
    expect(await ask('/a.csv')).toMatchObject({ outcome: 'failed', failure: { code: 'file-empty' } });
    expect(await stagedFiles()).toEqual([]);
  });

  it.each(['timed-out', 'cancelled'])('that is %s leaves no file', async (outcome) => {
    origin.respond('/a.csv', { body: csv });
    const release = answerLater();
    const planId = randomUUID();
    const asking = ask('/a.csv', { planId, timeoutMs: outcome === 'timed-out' ? 300 : 20_000 });
    await waitFor(() => asked.length > 0 && stagedThen.length > 0, { until: 'the importer was asked' });
    if (outcome === 'cancelled') await client.cancelPlan(planId);
    expect(await asking).toEqual({ outcome });
    release();
    expect(await stagedFiles()).toEqual([]);
  });

  it('is one at a time of an account, where two may be made of all', async () => {
    origin.respond('/a.csv', { body: csv });
    const release = answerLater();
    const accountId = randomUUID();
    const first = ask('/a.csv', { accountId });
    await waitFor(() => asked.length === 1, { until: 'the first is under way' });
    expect(await ask('/a.csv', { accountId })).toEqual({ outcome: 'busy' });
    const other = ask('/a.csv');
    await waitFor(() => asked.length === 2, { until: 'another account has one as well' });
    expect(await ask('/a.csv')).toEqual({ outcome: 'busy' });
    release();
    expect((await Promise.all([first, other])).map((reply) => reply.outcome)).toEqual(['planned', 'planned']);
  });
});
