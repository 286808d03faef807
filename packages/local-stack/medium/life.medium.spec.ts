import { createServer } from 'node:net';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aDataFolder, ask, aStack, cleanUp, untilEnded } from './a-stack.js';

afterEach(cleanUp);

describe('a local stack', () => {
  it('has two databases, with PostGIS and UTF-8 in the one of the customers', async () => {
    const stack = await aStack(aDataFolder());
    expect(await ask(stack.metadataDatabaseUrl, 'SELECT current_database()')).toBe('tidetable_metadata');
    expect(await ask(stack.destinationDatabaseUrl, 'SELECT current_database()')).toBe(
      'tidetable_destination',
    );
    expect(await ask(stack.destinationDatabaseUrl, "SELECT ST_AsText('POINT(1 2)'::geometry)")).toBe(
      'POINT(1 2)',
    );
    expect(await ask(stack.destinationDatabaseUrl, 'SHOW server_encoding')).toBe('UTF8');
  });

  it('lets nobody in without the password', async () => {
    const { metadataDatabaseUrl } = await aStack(aDataFolder());
    const wrong = new URL(metadataDatabaseUrl);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its data and its addresses between starts', async () => {
    const folder = aDataFolder();
    const first = await aStack(folder);
    await ask(first.metadataDatabaseUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();
    const second = await aStack(folder);
    expect(second.metadataDatabaseUrl).toBe(first.metadataDatabaseUrl);
    expect(second.natsUrl).toBe(first.natsUrl);
    expect(await ask(second.metadataDatabaseUrl, 'SELECT value FROM kept')).toBe(42);
  });

  it('takes another port when its own is taken', async () => {
    const folder = aDataFolder();
    const first = await aStack(folder);
    await first.stop();
    const others = [first.metadataDatabaseUrl, first.natsUrl].map((url) =>
      createServer().listen(Number(new URL(url).port), '127.0.0.1'),
    );
    await Promise.all(others.map((other) => once(other, 'listening')));
    try {
      const second = await aStack(folder);
      expect(second.metadataDatabaseUrl).not.toBe(first.metadataDatabaseUrl);
      expect(second.natsUrl).not.toBe(first.natsUrl);
      expect(await ask(second.metadataDatabaseUrl, 'SELECT 1')).toBe(1);
    } finally {
      for (const other of others) other.close();
    }
  });

  it('is not misled by what the environment says to other PostgreSQL clients', async () => {
    const misleading = {
      PGHOST: 'nowhere.invalid',
      PGPORT: '1',
      PGUSER: 'nobody',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=nowhere',
      LC_ALL: 'xx_XX.UTF-8',
      PGDATA: '/nowhere',
    };
    const before = { ...process.env };
    Object.assign(process.env, misleading);
    try {
      const stack = await aStack(aDataFolder());
      expect(stack.metadataDatabaseUrl).toMatch(/@127\.0\.0\.1:\d+\//);
    } finally {
      for (const name of Object.keys(misleading)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  it('refuses a folder that is in use, and leaves its user alone', async () => {
    const folder = aDataFolder();
    const stack = await aStack(folder);
    await expect(aStack(folder)).rejects.toThrow(/is in use already, by process \d+.*Stop that one first/s);
    expect(await ask(stack.metadataDatabaseUrl, 'SELECT 1')).toBe(1);
  });

  it('lets one of several simultaneous starts win', async () => {
    const folder = aDataFolder();
    const starts = await Promise.allSettled([aStack(folder), aStack(folder), aStack(folder)]);
    expect(starts.filter((start) => start.status === 'fulfilled')).toHaveLength(1);
  });

  it('says why PostgreSQL does not start, and leaves nothing running', async () => {
    const folder = aDataFolder();
    const stack = await aStack(folder);
    await stack.stop();
    rmSync(join(folder, 'postgres/global/pg_control'));
    await expect(aStack(folder)).rejects.toThrow(/PostgreSQL ended while starting[\s\S]*\|.*pg_control/);
    await untilEnded([stack.keeper.pid]);
  });

  it('brings a server back that was killed', async () => {
    const stack = await aStack(aDataFolder());
    await ask(stack.metadataDatabaseUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    await stack.restartPostgres('SIGKILL');
    await stack.restartNats('SIGKILL');
    expect(await ask(stack.metadataDatabaseUrl, 'SELECT value FROM kept')).toBe(42);
  });

  it('leaves nothing on disk when it is temporary', async () => {
    const folder = aDataFolder();
    const stack = await aStack(folder, { temporary: true });
    await stack.stop();
    expect(existsSync(folder)).toBe(false);
  });
});
