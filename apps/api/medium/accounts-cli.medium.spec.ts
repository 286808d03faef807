import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ListedAccount, ShownKey } from '../src/accounts/manage-accounts.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';

const program = fileURLToPath(new URL('../dist/accounts-cli.js', import.meta.url));

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command as a process of its own, to its end. */
async function accounts(words: string[], databaseUrl = api.databaseUrl): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], { env: { METADATA_DATABASE_URL: databaseUrl } });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...said };
}

async function accountsJson<T>(...words: string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await accounts([...words, '--json']);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

const statusOf = async (key: string): Promise<number> =>
  (await api.call('GET', `/api/v1/synchronizations?api_key=${key}`)).status;

describe('the accounts command', () => {
  it('creates an account whose key opens the api, and stores only its hash', async () => {
    const { username, apiKey } = await accountsJson<ShownKey>('create', 'harbour');
    expect([username, apiKey]).toEqual(['harbour', expect.stringMatching(/^tt_[A-Za-z0-9_-]{43}$/)]);
    expect(await statusOf(apiKey)).toBe(200);
    const { rows } = await api.sql.query('SELECT * FROM api_keys');
    expect(rows).toEqual([
      expect.objectContaining({
        key_hash: createHash('sha256').update(apiKey).digest(),
        key_prefix: apiKey.slice(0, 11),
      }),
    ]);
    expect(JSON.stringify(rows)).not.toContain(apiKey);
  });

  it('shows a person the key once, and what to do with it', async () => {
    const { exitCode, stdout } = await accounts(['create', 'lighthouse']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/account {2}lighthouse\nAPI key {2}tt_\S{43}\n\n.*once.*\nTry it: {2}curl/);
    expect((await accounts(['list'])).stdout).not.toContain(/tt_\S{43}/.exec(stdout)?.[0]);
  });

  it('makes more keys and revokes one by its first characters, its id, or the whole of it', async () => {
    const first = await accountsJson<ShownKey>('create', 'pier');
    const meant: ((key: string, id: string) => string)[] = [
      (key) => key.slice(0, 11),
      (_, id) => id,
      (key) => key,
    ];
    for (const choose of meant) {
      const { apiKey } = await accountsJson<ShownKey>('new-key', 'pier');
      expect(await statusOf(apiKey)).toBe(200);
      const listed = (await accountsJson<ListedAccount[]>('list')).find(
        ({ username }) => username === 'pier',
      );
      const id = listed?.keys.find(({ prefix }) => apiKey.startsWith(prefix))?.id ?? '';
      expect((await accounts(['revoke', choose(apiKey, id)])).exitCode).toBe(0);
      expect(await statusOf(apiKey)).toBe(401);
    }
    expect(await statusOf(first.apiKey)).toBe(200);
  });

  it('revokes nothing when more than one key may be meant', async () => {
    const { exitCode, stderr } = await accounts(['revoke', 'tt_']);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/More than one key/)]);
  });

  it('disables an account and enables it again', async () => {
    const { apiKey } = await accountsJson<ShownKey>('create', 'quay');
    expect(await accountsJson('disable', 'quay')).toEqual({ username: 'quay', state: 'disabled' });
    expect(await statusOf(apiKey)).toBe(403);
    expect(await accountsJson('enable', 'quay')).toEqual({ username: 'quay', state: 'active' });
    expect(await statusOf(apiKey)).toBe(200);
  });

  it('gives an account limits of its own and takes them away again', async () => {
    await accountsJson('create', 'wharf');
    expect(await accountsJson('limit', 'wharf', 'file-bytes', '157286400')).toEqual({
      username: 'wharf',
      limits: { fileBytes: 157_286_400 },
    });
    await accountsJson('limit', 'wharf', 'rows', '500000');
    expect((await accounts(['limits', 'wharf'])).stdout).toBe(
      [
        'Limits of wharf, from now on, and of tables from their next refresh on:',
        'file-bytes   157286400',
        'rows         500000',
        ...[
          'columns     ',
          'vertices    ',
          'layers      ',
          'runs        ',
          'tables      ',
          'total-rows  ',
        ].map((name) => `${name} default`),
        'total-bytes  default',
        'requests     default',
        '',
      ].join('\n'),
    );
    await accountsJson('limit', 'wharf', 'file-bytes', 'default');
    expect(await accountsJson('limits', 'wharf')).toEqual({ username: 'wharf', limits: { rows: 500_000 } });
  });

  it.each([
    [['create', 'postgres'], 1, 'The name postgres is reserved'],
    [['create', 'tidetable-two'], 1, 'is reserved'],
    [['create', 'Harbour'], 1, 'A name consists of'],
    [['new-key', 'nobody'], 1, 'There is no account named nobody.'],
    [['disable', 'nobody'], 1, 'There is no account named nobody.'],
    [['revoke', 'zz'], 1, 'There is no such key.'],
    [['limits', 'nobody'], 1, 'There is no account named nobody.'],
    [['limit', 'nobody', 'rows', '5'], 1, 'There is no account named nobody.'],
    [['limit', 'nobody', 'rows', '0'], 2, 'Manages the accounts'],
    [['create'], 2, 'Manages the accounts'],
    [['destroy', 'harbour'], 2, 'Manages the accounts'],
    [['list', '--verbose'], 2, 'Manages the accounts'],
  ])('refuses %j with exit code %d and a sentence', async (words, exitCode, sentence) => {
    expect(await accounts(words)).toEqual({
      exitCode,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
  });

  it('refuses a name that is taken, and leaves its account alone', async () => {
    const { apiKey } = await accountsJson<ShownKey>('create', 'taken');
    expect(await accounts(['create', 'taken'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('exists already'),
    });
    expect(await statusOf(apiKey)).toBe(200);
  });

  it('explains itself when asked', async () => {
    expect(await accounts(['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('new-key NAME'),
    });
  });

  it('says what is wrong with the database, without its address', async () => {
    expect(await accounts(['list'], '')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('METADATA_DATABASE_URL is not set'),
    });
    const closed = 'postgres://someone:secret@127.0.0.1:1/none';
    const { exitCode, stderr } = await accounts(['list'], closed);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
    expect(stderr).not.toContain('secret');
  });
});
