import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreateLoginV1Reply, RunStagedV1 } from '@tidetable/contracts';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { ImporterClient } from '@tidetable/scheduler-client';
import type { RunningService } from '@tidetable/service-host';
import { waitFor } from '@tidetable/test-harness';
import { randomBytes, randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { start } from '../src/start.js';
import { createImporterWorld, type ImporterWorld, silent } from './importer-world.js';

let world: ImporterWorld;
let importer: RunningService;
let questions: ImporterClient;
let neighbour: string;

// Roles belong to the whole server, which other tests use as well.
const mine = `t${randomBytes(3).toString('hex')}`;
const account = { accountId: randomUUID(), schema: `${mine}-harbour` };
const other = { accountId: randomUUID(), schema: `${mine}-other` };

beforeAll(async () => {
  world = await createImporterWorld();
  importer = await start(world.environment({ LOGIN_SWEEP_INTERVAL_MS: '100', LOGINS_MAX: '3' }), silent);
  questions = ImporterClient.create(natsConnectionOptions(world.environment().NATS_URL), 'test');
  // What docs/accounts.md asks of whoever makes the databases.
  const database = escapeIdentifier(new URL(world.environment().DESTINATION_DATABASE_URL).pathname.slice(1));
  await world.sql(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  neighbour = `test_neighbour_${mine}`;
  await world.sql(`CREATE DATABASE ${neighbour}`);
  await world.sql(`REVOKE CONNECT ON DATABASE ${neighbour} FROM PUBLIC`);
});

afterAll(async () => {
  await questions.close();
  await importer.stop();
  await world.sql(`DROP DATABASE ${neighbour}`);
  const roles = await world.column<string>('SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)', [
    mine,
  ]);
  for (const role of roles.map(escapeIdentifier)) await world.sql(`DROP OWNED BY ${role}`);
  for (const role of roles.map(escapeIdentifier)) await world.sql(`DROP ROLE ${role}`);
  await world.stop();
});

type Issued = Extract<CreateLoginV1Reply, { outcome: 'created' }>;

async function make(owner: typeof account): Promise<Issued> {
  const reply = await questions.createLogin({ ...owner, label: null });
  if (reply.outcome !== 'created') throw new Error(`a login was not made: ${reply.outcome}`);
  return reply;
}

/** Connects as somebody who got a login would. */
async function connect(
  { login, password, place }: Issued,
  database: string = place.database,
): Promise<Client> {
  const client = new Client({ host: place.host, port: place.port, user: login.user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Does something with a login, on a connection of its own. */
async function as<T>(issued: Issued, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(issued);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const codeOf = (failing: Promise<unknown>): Promise<string | undefined> =>
  failing.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

async function imported(owner: typeof account, name: string, content = 'v\n1\n'): Promise<RunStagedV1> {
  const run = await world.stage(content, { fileName: `${name}.csv`, schema: owner.schema });
  expect(await world.import(run)).toBe('imported');
  return run;
}

const isRole = async (role: string): Promise<boolean> =>
  (await world.column('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).length === 1;

describe('a login', () => {
  it('reads the tables of its schema: those there are, those to come, and those that were replaced', async () => {
    const before = await imported(account, 'before');
    const issued = await make(account);
    await as(issued, async (client) => {
      const read = async (table: string): Promise<unknown[]> =>
        (await client.query<{ v: unknown }>(`SELECT v FROM ${table} ORDER BY 1`)).rows.map(({ v }) => v);
      expect(await read('before')).toEqual([1]);
      const after = await imported(account, 'after');
      expect(await read('after')).toEqual([1]);
      for (const run of [before, after]) {
        expect(await world.import(await world.stageNext(run, 'v\n2\n'))).toBe('imported');
        expect(await read(run === before ? 'before' : 'after')).toEqual([2]);
      }
      // PostGIS, which tables need, is theirs as well.
      expect(await read(`(SELECT st_srid(the_geom) AS v FROM before) AS geometries`)).toEqual([null]);
    });
  });

  it('is named so that people can read it, and its password is kept as a verifier only', async () => {
    const issued = await make(account);
    expect(issued.login.user).toMatch(new RegExp(`^${mine}_harbour_[0-9a-f]{6}$`));
    const [kept] = await world.column<string>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
      issued.login.user,
    ]);
    expect(kept).toMatch(/^SCRAM-SHA-256\$4096:/);
    const rows = await world.sql('SELECT * FROM tidetable.logins');
    expect(JSON.stringify(rows)).not.toContain(issued.password);
    await questions.revokeLogin({ ...account, id: issued.login.id });
  });

  it.each([
    ['reads no table of another account', 'SELECT * FROM OTHER.foreign_table', '42501'],
    ['reads nothing of ours', 'SELECT * FROM tidetable.synchronized_tables', '42501'],
    ['knows no other login', 'SELECT * FROM tidetable.logins', '42501'],
    ['reads no staging table', 'CREATE TABLE tidetable_staging.x ()', '42501'],
    ['writes nothing', 'INSERT INTO MINE.before (v) VALUES (3)', '42501'],
    ['takes nothing away', 'DROP TABLE MINE.before', '42501'],
    ['empties nothing', 'TRUNCATE MINE.before', '42501'],
    ['keeps no table from being replaced', 'BEGIN; LOCK TABLE MINE.before IN SHARE MODE', '42501'],
    ['makes no table', 'CREATE TABLE MINE.x ()', '42501'],
    ['makes no table in public', 'CREATE TABLE public.x ()', '42501'],
    ['makes no schema', 'CREATE SCHEMA x', '42501'],
    ['makes no temporary table', 'CREATE TEMPORARY TABLE x ()', '42501'],
    ['makes no role', 'CREATE ROLE x', '42501'],
    ['reads no file', "SELECT pg_read_file('/etc/hostname')", '42501'],
    ['runs no program', "COPY (SELECT 1) TO PROGRAM 'true'", '42501'],
  ])('%s, also when it is not read-only', async (_, sql, code) => {
    const issued = await theOne();
    const [inMine, inOther] = [account, other].map(({ schema }) => escapeIdentifier(schema));
    const text = sql.replace('MINE', inMine!).replace('OTHER', inOther!);
    await as(issued, async (client) => {
      await client.query('SET default_transaction_read_only = off');
      expect(await codeOf(client.query(text))).toBe(code);
    });
  });

  it('is read-only by itself, gives up statements, and has few connections', async () => {
    const issued = await theOne();
    await as(issued, async (client) => {
      const { rows } = await client.query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN
          ('default_transaction_read_only', 'statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
      );
      expect(rows.map(({ setting }) => setting)).toEqual(['on', '60000', '300000']);
    });
    expect(
      await world.column('SELECT rolconnlimit FROM pg_roles WHERE rolname = $1', [issued.login.user]),
    ).toEqual([10]);
  });

  it('connects to no other database', async () => {
    const issued = await theOne();
    expect(await codeOf(connect(issued, neighbour))).toBe('42501');
  });

  it('that is rotated has a new password, and sessions opened with the old one end', async () => {
    const issued = await make(account);
    const client = await connect(issued);
    const reply = await questions.rotateLogin({ ...account, id: issued.login.id });
    expect(reply).toMatchObject({ outcome: 'rotated', login: { rotatedAt: expect.any(String) } });
    expect(await codeOf(client.query('SELECT 1'))).not.toBe('no error');
    expect(await codeOf(connect(issued))).toBe('28P01');
    await as({ ...issued, ...(reply as { password: string }) }, async (again) => {
      expect((await again.query('SELECT v FROM before')).rowCount).toBe(1);
    });
    await questions.revokeLogin({ ...account, id: issued.login.id });
  });

  it('that is revoked is gone, with its sessions, and tables go on being replaced', async () => {
    const issued = await make(account);
    const client = await connect(issued);
    expect(await questions.revokeLogin({ ...account, id: issued.login.id })).toEqual({ wasThere: true });
    expect(await codeOf(client.query('SELECT 1'))).not.toBe('no error');
    expect([await codeOf(connect(issued)), await isRole(issued.login.user)]).toEqual(['28P01', false]);
    expect(await questions.revokeLogin({ ...account, id: issued.login.id })).toEqual({ wasThere: false });
    await imported(account, 'later');
  });

  it('is one of few', async () => {
    const owner = { accountId: randomUUID(), schema: `${mine}-many` };
    const made = await Promise.all([1, 2, 3].map(() => make(owner)));
    expect(await questions.createLogin({ ...owner, label: null })).toEqual({ outcome: 'too-many', max: 3 });
    const { logins } = await questions.listLogins(owner);
    expect(logins.map(({ user }) => user).sort()).toEqual(made.map(({ login }) => login.user).sort());
  });

  it('is nobody else’s to see, rotate or revoke', async () => {
    const issued = await theOne();
    const asOther = { ...other, id: issued.login.id };
    expect((await questions.listLogins(other)).logins).toEqual([]);
    expect(await questions.rotateLogin(asOther)).toEqual({ outcome: 'unknown' });
    expect(await questions.revokeLogin(asOther)).toEqual({ wasThere: false });
    expect(await isRole(issued.login.user)).toBe(true);
  });

  it('ends when its account is disabled', async () => {
    const owner = { accountId: randomUUID(), schema: `${mine}-disabled` };
    const issued = await make(owner);
    const client = await connect(issued);
    world.scheduler.disable(owner.accountId);
    await waitFor(async () => !(await isRole(issued.login.user)), { until: 'the login has ended' });
    expect(await codeOf(client.query('SELECT 1'))).not.toBe('no error');
    await waitFor(async () => (await questions.listLogins(owner)).logins.length === 0, {
      until: 'the login is not listed any more',
    });
  });
});

let one: Promise<Issued> | undefined;

/** A login of the account that several tests look at. */
function theOne(): Promise<Issued> {
  return (one ??= imported(other, 'foreign_table').then(() => make(account)));
}
