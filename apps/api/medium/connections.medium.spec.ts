import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ListServiceFilesV1Reply, ServiceFile } from '@tidetable/contracts';
import { startNats } from '@tidetable/test-harness';
import { type Answer, type ApiUnderTest, type Customer, startApi } from './api-under-test.js';
import { begunState, type ScriptedFetcher, startScriptedFetcher } from './scripted-fetcher.js';

const publicUrl = 'https://tables.example.org';
const away = {
  error: 'fetchers-away',
  errors: 'No fetcher answers at the moment. Try again in a few seconds.',
};

let api: ApiUnderTest;
let nats: Awaited<ReturnType<typeof startNats>>;
let fetcher: ScriptedFetcher;
let customer: Customer;

beforeAll(async () => {
  nats = await startNats();
  fetcher = await startScriptedFetcher(nats.url);
  api = await startApi({ NATS_URL: nats.url, PUBLIC_URL: `${publicUrl}/` });
  customer = await api.customer();
});

afterAll(async () => {
  await api.stop();
  await fetcher.stop();
  await nats.stop();
});

beforeEach(() => {
  Object.assign(fetcher.states, { gdrive: 'connected', dropbox: 'none', box: 'not-configured' });
  Object.assign(fetcher.found, { gdrive: undefined, dropbox: undefined, box: undefined });
  Object.assign(fetcher, { files: [], serviceTold: true, asked: [] });
});

const file = (n: number, more: Partial<ServiceFile> = {}): ServiceFile => ({
  ...{
    id: `id:${n}`,
    name: `ports ${n}.csv`,
    bytes: n,
    revision: `r${n}`,
    modifiedAt: '2026-11-02T03:04:05.678Z',
  },
  ...more,
});
const listed = (files: ServiceFile[], nextPage: string | null = null): ListServiceFilesV1Reply => ({
  ...{ outcome: 'listed', files, nextPage },
});
const failed = (code: 'connection-refused' | 'source-rate-limited'): ListServiceFilesV1Reply => ({
  outcome: 'failed',
  failure: { code, detail: null },
});
const shown = ({ status, json }: Answer): unknown[] => [status, json];

describe('/api/v1/connections', () => {
  it('lists how the connection to each service stands', async () => {
    fetcher.states.box = 'needs-reconnecting';
    const ana = { account_name: 'ana@example.org', connected_at: '2026-11-01T10:00:00+00:00' };
    const nobody = { account_name: null, connected_at: null };
    const noAddress = 'This installation has no public address that the service could call (PUBLIC_URL).';
    const connections = [
      { service: 'gdrive', title: 'Google Drive', state: 'connected', ...ana, push: true, push_reason: null },
      {
        service: 'dropbox',
        title: 'Dropbox',
        state: 'not-connected',
        ...nobody,
        push: false,
        push_reason: noAddress,
      },
      { service: 'box', title: 'Box', state: 'needs-reconnecting', ...ana, push: false, push_reason: null },
    ];
    expect(shown(await customer.call('GET', '/connections/'))).toEqual([200, { connections }]);
    expect(shown(await customer.call('GET', '/connections/box'))).toEqual([200, connections[2]]);
    fetcher.states.box = 'not-configured';
    expect((await customer.call('GET', '/connections/box')).json).toMatchObject({ state: 'not-configured' });
    expect(fetcher.asked[0]).toEqual({ what: 'list', question: { accountId: customer.id } });
  });

  it('begins with the address of a page of our own', async () => {
    expect(shown(await customer.call('POST', '/connections/dropbox'))).toEqual([
      200,
      { url: `${publicUrl}/api/v1/connections/authorize/${begunState}`, expires_in: 600 },
    ]);
    const question = { accountId: customer.id, username: customer.username, service: 'dropbox' };
    expect(fetcher.asked).toEqual([{ what: 'begin', question }]);
  });

  it('begins anew while the account is connected, so that another one can take its place', async () => {
    expect((await customer.call('POST', '/connections/gdrive')).status).toBe(200);
  });

  it('refuses to begin where the operator has registered no client', async () => {
    expect(shown(await customer.call('POST', '/connections/box'))).toEqual([
      409,
      {
        error: 'connection-not-configured',
        error_code: 1012,
        errors: expect.stringMatching(/^This installation is not registered with the service/),
      },
    ]);
  });

  it('lists files with filter, search and pages', async () => {
    fetcher.files = [listed([file(1, { bytes: null, revision: null, modifiedAt: null })], 'next page')];
    const path = '/connections/gdrive/files?filter=csv,xls&filter=zip&q=ports%20of';
    const none = { size: null, revision: null, modified_at: null };
    expect(shown(await customer.call('GET', path))).toEqual([
      200,
      { files: [{ id: 'id:1', name: 'ports 1.csv', ...none }], next_page: 'next page' },
    ]);
    const second = await customer.call('GET', '/connections/gdrive/files?page=next%20page');
    expect(second.json).toEqual({ files: [], next_page: null });
    const whose = { accountId: customer.id, service: 'gdrive' };
    expect(fetcher.asked.map(({ question }) => question)).toEqual([
      { ...whose, filters: ['csv', 'xls', 'zip'], query: 'ports of', page: null },
      { ...whose, filters: ['all'], query: null, page: 'next page' },
    ]);
  });

  it.each([
    [failed('connection-refused'), 409, 'connection-refused', 1011],
    [failed('source-rate-limited'), 502, 'source-rate-limited', 1001],
  ])('tells with %j why there are no files', async (reply, status, error, number) => {
    fetcher.files = [reply];
    expect(shown(await customer.call('GET', '/connections/gdrive/files'))).toEqual([
      status,
      { error, error_code: number, errors: expect.stringMatching(/\.$/) },
    ]);
  });

  it('ends a connection once', async () => {
    fetcher.serviceTold = false;
    const ended = { service: 'gdrive', state: 'not-connected', service_told: false };
    expect(shown(await customer.call('DELETE', '/connections/gdrive'))).toEqual([200, ended]);
    expect(shown(await customer.call('DELETE', '/connections/gdrive'))).toEqual([
      404,
      { errors: 'There is no such connection.' },
    ]);
  });

  it.each([
    ['GET', '/connections/ftp', 404],
    ['POST', '/connections/constructor', 404],
    ['GET', '/connections/ftp/files', 404],
    ['DELETE', '/connections/ftp', 404],
    ['GET', '/connections/gdrive/files?filter=exe', 400],
    ['GET', '/imports/service/ftp/auth_url', 400],
    ['GET', '/imports/service/gdrive/list_files?filter=exe', 400],
  ])('is asked %s %s and asks nobody', async (method, path, status) => {
    const answer = await customer.call(method, path);
    expect(shown(answer)).toEqual([
      status,
      { errors: expect.stringMatching(/^(There is no such|Invalid) /) },
    ]);
    expect(fetcher.asked).toEqual([]);
  });
});

describe("CARTO's routes for services", () => {
  it('give the address to go to, unless the account is connected already', async () => {
    const url = `${publicUrl}/api/v1/connections/authorize/${begunState}`;
    const path = (service: string): string => `/imports/service/${service}/auth_url`;
    expect(shown(await customer.call('GET', path('dropbox')))).toEqual([200, { url, success: true }]);
    expect((await customer.call('GET', path('gdrive'))).status).toBe(400);
    expect(shown(await customer.call('GET', path('box')))).toEqual([
      400,
      expect.objectContaining({ error: 'connection-not-configured', error_code: 1012 }),
    ]);
    fetcher.states.gdrive = 'needs-reconnecting';
    expect((await customer.call('GET', path('gdrive'))).json).toEqual({ url, success: true });
  });

  it('tell whether a connection holds', async () => {
    const valid = async (service: string): Promise<unknown[]> =>
      shown(await customer.call('GET', `/imports/service/${service}/token_valid`));
    expect(await valid('gdrive')).toEqual([200, { oauth_valid: true, success: true }]);
    expect(await valid('dropbox')).toEqual([200, { oauth_valid: false, success: true }]);
    expect(await valid('box')).toEqual([400, expect.objectContaining({ error_code: 1012 })]);
  });

  it('tell by 401 once that a connection has ended, and then that there is none', async () => {
    fetcher.found.gdrive = 'needs-reconnecting';
    const path = '/imports/service/gdrive/token_valid';
    expect(shown(await customer.call('GET', path))).toEqual([
      401,
      expect.objectContaining({ error: 'connection-refused', error_code: 1011 }),
    ]);
    expect(shown(await customer.call('GET', path))).toEqual([200, { oauth_valid: false, success: true }]);
  });

  it("list the files of all pages in CARTO's words", async () => {
    fetcher.files = [listed([file(1), file(2, { bytes: null, revision: null })], '1'), listed([file(3)])];
    const { status, json } = await customer.call('GET', '/imports/service/gdrive/list_files?filter[]=csv');
    const common = { service: 'gdrive', modified_at: '2026-11-02T03:04:05+00:00' };
    const names = (n: number): object => ({ title: `ports ${n}.csv`, filename: `ports ${n}.csv` });
    expect([status, json]).toEqual([
      200,
      {
        files: [
          { id: 'id:1', ...names(1), checksum: 'r1', size: 1, ...common },
          { id: 'id:2', ...names(2), checksum: '', size: 0, ...common },
          { id: 'id:3', ...names(3), checksum: 'r3', size: 3, ...common },
        ],
        success: true,
      },
    ]);
  });

  it('end a list of files that has no end', async () => {
    fetcher.files = Array.from({ length: 20 }, (_, n) => listed([file(n)], `${n + 1}`));
    const { json } = await customer.call('GET', '/imports/service/gdrive/list_files');
    expect((json as { files: unknown[] }).files).toHaveLength(10);
  });

  it.each([
    [failed('connection-refused'), 401],
    [failed('source-rate-limited'), 400],
  ])('tell with %j why there are no files by status %i', async (reply, status) => {
    fetcher.files = [reply];
    expect((await customer.call('GET', '/imports/service/gdrive/list_files')).status).toBe(status);
  });

  it('take a code with its state', async () => {
    const path = '/imports/service/dropbox/validate_code/4%2Fcode';
    fetcher.complete = { outcome: 'unknown' };
    expect(shown(await customer.call('GET', `${path}?state=${begunState}`))).toEqual([
      200,
      { success: false },
    ]);
    fetcher.complete = { ...connected(), accountId: customer.id };
    expect(shown(await customer.call('GET', `${path}?state=${begunState}`))).toEqual([
      200,
      { success: true },
    ]);
    expect(fetcher.asked.at(-1)?.question).toEqual({
      ...{ service: 'dropbox', state: begunState, code: '4/code', binding: null, accountId: customer.id },
    });
    expect((await customer.call('GET', path)).status).toBe(400);
  });

  it('end a connection, if there is one', async () => {
    const path = '/imports/service/gdrive/invalidate_token';
    expect(shown(await customer.call('DELETE', path))).toEqual([200, { success: true }]);
    expect(shown(await customer.call('DELETE', path))).toEqual([
      400,
      expect.objectContaining({ error: 'connection-missing', error_code: 1012 }),
    ]);
  });
});

describe('a new synchronization of a file at a service', () => {
  const body = { service_name: 'gdrive', service_item_id: '1AbC', interval: 3600 };

  it('names the service and the item in every record, and no URL', async () => {
    const { status, json } = await customer.call('POST', '/synchronizations', { body });
    const item = { service_name: 'gdrive', service_item_id: '1AbC' };
    expect([status, json]).toEqual([200, expect.objectContaining({ ...item, url: null })]);
    const { id, data_import: dataImport } = json as { id: string; data_import: { item_queue_id: string } };
    expect((await customer.call('GET', `/synchronizations/${id}`)).json).toMatchObject({
      ...item,
      url: null,
    });
    expect((await customer.call('GET', '/synchronizations')).json).toMatchObject({
      synchronizations: [{ ...item, url: null }],
    });
    expect((await customer.call('GET', `/imports/${dataImport.item_queue_id}`)).json).toMatchObject({
      ...item,
      data_type: 'datasource',
      original_url: '',
    });
    const changed = await customer.call('PUT', `/synchronizations/${id}`, {
      body: { ...(json as object), interval: 7200, service_item_id: 'other' },
    });
    expect(changed.json).toMatchObject({ ...item, url: null, interval: 7200 });
  });

  it.each([
    [
      'none',
      'connection-missing',
      1012,
      /^Your account is not connected to the service .* \(the service is Google Drive\) /,
    ],
    ['needs-reconnecting', 'connection-refused', 1011, /^The service does not accept the connection /],
    ['not-configured', 'connection-not-configured', 1012, /^This installation is not registered /],
  ] as const)('is refused while the connection is %s', async (state, error, number, sentence) => {
    fetcher.states.gdrive = state;
    const stranger = await api.customer();
    expect(shown(await stranger.call('POST', '/synchronizations', { body }))).toEqual([
      400,
      { error, error_code: number, errors: expect.stringMatching(sentence) },
    ]);
    expect((await stranger.call('GET', '/synchronizations')).json).toMatchObject({ total_entries: 0 });
  });
});

describe('who has no key', () => {
  it.each([
    ['GET', '/connections'],
    ['POST', '/connections/gdrive'],
    ['GET', '/connections/gdrive/files'],
    ['DELETE', '/connections/gdrive'],
    ...['auth_url', 'token_valid', 'list_files', 'validate_code/x'].map((name) => [
      'GET',
      `/imports/service/gdrive/${name}`,
    ]),
    ['DELETE', '/imports/service/gdrive/invalidate_token'],
  ] as [string, string][])('is refused %s %s', async (method, path) => {
    expect((await api.call(method, `/api/v1${path}`)).status).toBe(401);
    const named = `/user/${customer.username}/api/v1${path}`;
    const stranger = await api.customer();
    expect((await api.call(method, `${named}?api_key=${stranger.key}`)).status).toBe(401);
    expect(fetcher.asked).toEqual([]);
  });
});

describe('an api whose fetchers are away', () => {
  it('says so, but takes a new synchronization, whose first refresh tells the same', async () => {
    await fetcher.stop();
    const body = { service_name: 'box', service_item_id: '7' };
    const [connections, files, created, page] = await Promise.all([
      customer.call('GET', '/connections'),
      customer.call('GET', '/imports/service/gdrive/token_valid'),
      customer.call('POST', '/synchronizations', { body }),
      api.call('GET', `/api/v1/connections/authorize/${begunState}`),
    ]);
    expect(shown(connections)).toEqual([503, away]);
    expect(shown(files)).toEqual([503, away]);
    expect(connections.headers['retry-after']).toBe('5');
    expect(created.status).toBe(200);
    expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    fetcher = await startScriptedFetcher(nats.url);
  });
});

function connected(): Extract<ScriptedFetcher['complete'], { outcome: 'connected' }> {
  return { outcome: 'connected', accountId: customer.id, username: customer.username, accountName: 'ana' };
}
