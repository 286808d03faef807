import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertApiKey, type NatsServer, startNats } from '@tidetable/test-harness';
import { keyScopes } from '../src/accounts/key-scope.js';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';
import { type DocumentedOperation, fillIn, readOperations } from './documented-operations.js';
import { type WealthyAccount, wealthyAccount } from './resources-of-an-account.js';
import { type ScriptedFetcher, startScriptedFetcher } from './scripted-fetcher.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';
import { type ScriptedImporter, startScriptedImporter } from './scripted-importer.js';

/*
 * Knows no endpoint: all are read from the OpenAPI document. A kind of resource that is new there has to be added to
 * `wealthyAccount`, and that is all.
 */

let nats: NatsServer;
let importer: ScriptedImporter;
let fetcher: ScriptedFetcher;
let scheduler: ScriptedScheduler;
let api: ApiUnderTest;
let operations: DocumentedOperation[];
let one: WealthyAccount;
let other: WealthyAccount;

beforeAll(async () => {
  nats = await startNats();
  importer = await startScriptedImporter(nats.url);
  fetcher = await startScriptedFetcher(nats.url);
  scheduler = await startScriptedScheduler(nats.url);
  // As it answers whoever asks about a run of somebody else.
  scheduler.result = 'unknown';
  api = await startApi({
    NATS_URL: nats.url,
    PUBLIC_URL: 'https://tidetable.example.org',
    // More are refused here than any stranger may ask for.
    STRANGER_REQUESTS_PER_MINUTE: '100000',
    REQUESTS_PER_MINUTE: '100000',
  });
  // What needs no key, such as pages for people, knows no accounts.
  operations = (await readOperations(api)).filter(({ scope }) => scope !== null);
  [one, other] = [await wealthyAccount(api), await wealthyAccount(api)];
});
afterAll(async () => {
  await api.stop();
  await importer.stop();
  await fetcher.stop();
  await scheduler.stop();
  await nats.stop();
});

const nothing = '0b9d5c3e-6f1a-4c58-9a55-3d2f8f1f6aff';

function call({ method, body }: DocumentedOperation, path: string, key: string | null): Promise<Answer> {
  return api.call(method, path, {
    ...(body === undefined ? {} : { body }),
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  });
}

const idsOf = (account: WealthyAccount, { ids }: DocumentedOperation): string[] =>
  ids.map(({ kind }) => account.ids[kind] ?? `no example of ${kind}`);

/** What can be told from an answer, without what is different each time. */
function told({ status, headers, text }: Answer, ids: readonly string[]): object {
  const plain = ids.reduce((rest, id) => rest.replaceAll(id, 'ID'), text);
  return {
    status,
    type: headers['content-type'],
    etag: headers['etag'],
    text: plain.replaceAll(/urn:uuid:[\w-]+/g, 'urn:uuid'),
  };
}

/** Everything in the metadata database that belongs to an account. */
async function belongings({ id }: WealthyAccount): Promise<unknown[]> {
  const { rows: tables } = await api.sql.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'account_id' ORDER BY 1`,
  );
  const all: unknown[] = [];
  for (const { name } of tables) {
    const sql = `SELECT to_jsonb(t) - 'last_used_at' AS row FROM ${name} t WHERE account_id = $1 ORDER BY 1`;
    all.push([name, (await api.sql.query(sql, [id])).rows]);
  }
  return all;
}

describe('every operation of the document', () => {
  it('that is of version 2 says what its key must reach', () => {
    const v2 = operations.filter(({ path }) => path.startsWith('/api/v2/'));
    expect(v2.length).toBeGreaterThan(5);
    const undeclared = v2.filter(({ scope }) => !keyScopes.some((known) => known === scope));
    expect(undeclared.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('has an example of each kind of resource', () => {
    const kinds = new Set(operations.flatMap(({ ids }) => ids.map(({ kind }) => kind)));
    expect([...kinds].filter((kind) => one.ids[kind] === undefined)).toEqual([]);
  });

  it('answers 401 without a key, with one that is unknown, revoked or over', async () => {
    const keys = [
      null,
      'tt_unknown',
      await insertApiKey(api.sql, one.id, { revoked_at: new Date() }),
      await insertApiKey(api.sql, one.id, { expires_at: new Date() }),
    ];
    for (const operation of operations) {
      for (const key of keys) {
        const { status } = await call(operation, fillIn(operation, idsOf(one, operation)), key);
        expect([operation.method, operation.path, status]).toEqual([operation.method, operation.path, 401]);
      }
    }
  });

  it('answers 403 to a key that does not reach so far, whatever the id', async () => {
    const before = await belongings(one);
    for (const [at, scope] of keyScopes.entries()) {
      const key = await insertApiKey(api.sql, other.id, { scope });
      const beyond = operations.filter((operation) =>
        keyScopes.slice(at + 1).some((known) => known === operation.scope),
      );
      for (const operation of beyond) {
        for (const ids of [
          idsOf(one, operation),
          idsOf(other, operation),
          operation.ids.map(() => nothing),
        ]) {
          const { status, json } = await call(operation, fillIn(operation, ids), key);
          expect([operation.path, status, json]).toEqual([operation.path, 403, expect.any(Object)]);
          expect(JSON.stringify(json)).toContain('scope-insufficient');
        }
      }
    }
    expect(await belongings(one)).toEqual(before);
  });

  it('answers ids of another account like ids of nothing, and changes nothing there', async () => {
    const before = await belongings(one);
    for (const operation of operations.filter(({ ids }) => ids.length > 0)) {
      const [theirs, own] = [idsOf(one, operation), idsOf(other, operation)];
      // Each id in turn, behind own ones, as well as all together.
      const attempts = theirs.map((id, at) => ({
        foreign: own.map((mine, place) => (place < at ? mine : theirs[place]!)),
        missing: own.map((mine, place) => (place < at ? mine : nothing)),
        id,
      }));
      for (const { foreign, missing } of attempts) {
        const found = await call(operation, fillIn(operation, foreign), other.key);
        const expected = await call(operation, fillIn(operation, missing), other.key);
        expect(expected.status).toBeGreaterThanOrEqual(400);
        expect([operation.method, operation.path, told(found, foreign)]).toEqual([
          operation.method,
          operation.path,
          told(expected, missing),
        ]);
      }
    }
    expect(await belongings(one)).toEqual(before);
  });

  it('that shows something without an id shows nothing of another account', async () => {
    const shows = operations.filter(
      ({ method, scope, ids, isJson }) => method === 'GET' && scope !== 'write' && ids.length === 0 && isJson,
    );
    for (const operation of shows) {
      const mine = await call(operation, operation.path, one.key);
      expect([operation.path, mine.status]).toEqual([operation.path, 200]);
      const { text } = await call(operation, operation.path, other.key);
      for (const secret of [
        one.id,
        one.username,
        one.username.replaceAll('-', '_'),
        ...Object.values(one.ids),
      ])
        expect(text).not.toContain(secret);
    }
  });
});
