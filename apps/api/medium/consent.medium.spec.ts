import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insertSynchronization, startNats } from '@tidetable/test-harness';
import { type Answer, type ApiUnderTest, type Customer, startApi } from './api-under-test.js';
import { type ScriptedFetcher, startScriptedFetcher } from './scripted-fetcher.js';

const authorizeUrl = 'https://accounts.google.com/o/oauth2/v2/auth?client_id=c&state=s';
const state = 'state'.padEnd(43, '_');

let api: ApiUnderTest;
let nats: Awaited<ReturnType<typeof startNats>>;
let fetcher: ScriptedFetcher;
let customer: Customer;

beforeAll(async () => {
  nats = await startNats();
  fetcher = await startScriptedFetcher(nats.url);
  api = await startApi({ NATS_URL: nats.url, PUBLIC_URL: 'https://tables.example.org' });
  customer = await api.customer();
});

afterAll(async () => {
  await api.stop();
  await fetcher.stop();
  await nats.stop();
});

beforeEach(() => {
  fetcher.authorize = { outcome: 'known', service: 'gdrive', username: customer.username, authorizeUrl };
  fetcher.complete = connected();
  fetcher.asked = [];
});

function connected(): ScriptedFetcher['complete'] {
  return { outcome: 'connected', accountId: customer.id, username: customer.username, accountName: '<ana>' };
}

const startPath = `/api/v1/connections/authorize/${state}`;
const backPath = (query: string): string => `/api/v1/imports/service/gdrive/oauth_callback?${query}`;

function open(path: string, cookie?: string): Promise<Answer> {
  return api.call('GET', path, cookie === undefined ? {} : { headers: { cookie } });
}

/** What a browser sends back of the cookies of an answer. */
function cookieOf({ headers }: Answer): string {
  return (headers['set-cookie'] as string[]).map((line) => line.split(';')[0]).join('; ');
}

/** Opens our page and follows its link; the cookie of the browser then. */
async function goOn(): Promise<string> {
  const page = await open(startPath);
  const cookie = cookieOf(page);
  const link = /href="(\?agree=[^"]+)"/.exec(page.text)?.[1] ?? '';
  const led = await open(`${startPath}${link}`, cookie);
  expect([led.status, led.headers['location']]).toEqual([303, authorizeUrl]);
  return cookie;
}

const questions = (what: string): unknown[] =>
  fetcher.asked.filter((asked) => asked.what === what).map(({ question }) => question);

/** What the fetcher is told of a browser. */
function bindingOf(cookie: string): string {
  return createHash('sha256')
    .update(`binding:${cookie.split('=')[1]}`)
    .digest('base64url');
}

describe('the page before the service', () => {
  it('says whose account it is, changes nothing, and sets a cookie for this host alone', async () => {
    const page = await open(startPath);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`The account “${customer.username}” of this installation`);
    expect(page.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-tidetable_connect_\w{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(questions('authorize')).toEqual([{ state, binding: null }]);
  });

  it('leads on by its own link only, and ties the authorization to the browser', async () => {
    const cookie = await goOn();
    expect(questions('authorize').at(-1)).toEqual({ state, binding: bindingOf(cookie) });
    const link = `${startPath}?agree=${cookie.split('=')[1]}`;
    for (const answer of [await open(link, cookie), await open(link)]) {
      expect([answer.status, answer.headers['location']]).toEqual([200, undefined]);
    }
  });

  it('is the same for what was used, is too old, and never was', async () => {
    fetcher.authorize = { outcome: 'unknown' };
    const answers = await Promise.all([open(startPath), open('/api/v1/connections/authorize/x')]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.every(({ headers }) => headers['set-cookie'] === undefined)).toBe(true);
  });
});

describe('the way back from the service', () => {
  it('connects the account in the browser that went, once, and reflects nothing unescaped', async () => {
    const cookie = await goOn();
    const back = await open(backPath(`state=${state}&code=4%2F0A&scope=x`), cookie);
    expect(back.status).toBe(200);
    expect(back.text).toContain('is connected to Google Drive as &lt;ana&gt;.');
    expect(back.headers['set-cookie']).toEqual([expect.stringMatching(/=; Max-Age=0; /)]);
    expect(questions('complete')).toEqual([
      { service: 'gdrive', state, binding: bindingOf(cookie), accountId: null, code: '4/0A' },
    ]);
  });

  it('is refused in another browser, and for another state, without asking', async () => {
    const cookie = await goOn();
    const other = 'other'.padEnd(43, '_');
    const answers = await Promise.all([
      open(backPath(`state=${state}&code=1`)),
      open(backPath(`state=${state}&code=1`), cookie.replace(/=.*/, '=short')),
      open(backPath(`state=${other}&code=1`), cookie),
      open(backPath(`state=&code=1`), cookie),
      open(backPath(`state=${state}&state=${state}&code=1`), cookie),
      open(`/api/v1/imports/service/ftp/oauth_callback?state=${state}&code=1`, cookie),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(questions('complete')).toEqual([]);
  });

  it.each([
    ['error=access_denied', { outcome: 'declined' }, 400, 'Access was not allowed at Google Drive'],
    ['error=x&code=1', { outcome: 'declined' }, 400, 'Access was not allowed at Google Drive'],
    ['', { outcome: 'declined' }, 400, 'Access was not allowed at Google Drive'],
    ['code=1', { outcome: 'unknown' }, 403, 'This link is not valid any more'],
    [
      'code=1',
      { outcome: 'failed', failure: { code: 'connection-forbidden-gdrive', detail: null } },
      400,
      'Ask the administrator to allow external apps for Google Drive',
    ],
  ] as const)('with %j that ends as %j is a page with status %i', async (query, reply, status, sentence) => {
    const cookie = await goOn();
    fetcher.complete = reply;
    const back = await open(backPath(`state=${state}&${query}`), cookie);
    expect([back.status, back.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(back.text).toContain(sentence);
    const code = query === 'code=1' ? '1' : null;
    expect(questions('complete')).toEqual([expect.objectContaining({ code })]);
  });

  it('is as good with a key of the account as in the browser', async () => {
    const withKey = await customer.call(
      'GET',
      `/imports/service/gdrive/oauth_callback?state=${state}&code=1`,
    );
    expect(withKey.status).toBe(200);
    expect(questions('complete')).toEqual([
      { service: 'gdrive', state, binding: null, accountId: customer.id, code: '1' },
    ]);
    expect((await open(backPath(`state=${state}&code=1&api_key=wrong`))).status).toBe(401);
  });

  it('asks for a refresh of what waited for the connection, and of nothing else', async () => {
    const ofDrive = { account_id: customer.id, url: null, service_name: 'gdrive', service_item_id: '1' };
    const waiting = { ...ofDrive, state: 'failure', failure_code: 'connection-refused' };
    const rows = await Promise.all([
      insertSynchronization(api.sql, waiting),
      insertSynchronization(api.sql, { ...waiting, failure_code: 'connection-missing', stopped: true }),
      insertSynchronization(api.sql, { ...waiting, failure_code: 'item-trashed' }),
      insertSynchronization(api.sql, { ...waiting, service_name: 'box' }),
      insertSynchronization(api.sql, { ...waiting, account_id: (await api.customer()).id }),
      insertSynchronization(api.sql, { ...waiting, deleted_at: new Date() }),
      insertSynchronization(api.sql, { ...ofDrive, state: 'success' }),
    ]);
    const cookie = await goOn();
    await open(backPath(`state=${state}&code=1`), cookie);
    const { rows: asked } = await api.sql.query<{ id: string }>(
      'SELECT id FROM synchronizations WHERE sync_requested_at > attempted_at AND due_at <= now()',
    );
    expect(asked.map(({ id }) => id).sort()).toEqual([rows[0].id, rows[1].id].sort());
  });

  it('has connected the account even when the refresh could not be asked for', async () => {
    const cookie = await goOn();
    await api.sql.query('ALTER TABLE synchronizations RENAME COLUMN failure_code TO code_of_failure');
    const back = await open(backPath(`state=${state}&code=1`), cookie);
    await api.sql.query('ALTER TABLE synchronizations RENAME COLUMN code_of_failure TO failure_code');
    expect([back.status, back.text]).toEqual([200, expect.stringContaining('is connected to Google Drive')]);
  });
});

describe('an api that does not know its own address, nor the bus', () => {
  it('connects nobody, and says so', async () => {
    const alone = await startApi();
    const owner = await alone.customer();
    const begun = await owner.call('POST', '/connections/gdrive');
    const listed = await owner.call('GET', '/connections');
    await alone.stop();
    expect([begun.status, begun.json]).toEqual([
      409,
      expect.objectContaining({ error: 'connection-not-configured' }),
    ]);
    expect([listed.status, listed.json]).toEqual([503, expect.objectContaining({ error: 'fetchers-away' })]);
  });
});
