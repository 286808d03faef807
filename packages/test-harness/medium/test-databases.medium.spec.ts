import { describe, expect, it } from '@jest/globals';
import {
  createDestinationDatabase,
  createMetadataDatabase,
  insertApiKey,
  insertRun,
  insertSynchronization,
} from '@tidetable/test-harness';
import pg from 'pg';

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('test databases', () => {
  it('are made for several test files at the same time, each with the whole schema and without a row', async () => {
    const databases = await Promise.all(Array.from({ length: 4 }, () => createMetadataDatabase()));
    expect(new Set(databases.map((database) => database.url)).size).toBe(4);
    for (const database of databases) {
      expect(await rows(database.url, 'SELECT FROM synchronizations')).toEqual([]);
      await database.drop();
    }
  });

  it('have PostGIS where tables of customers go', async () => {
    const database = await createDestinationDatabase();
    expect(await rows(database.url, 'SELECT ST_AsText(ST_Point(1, 2)) AS point')).toEqual([
      { point: 'POINT(1 2)' },
    ]);
    await database.drop();
  });

  it('are gone after they were dropped, and dropping again does nothing', async () => {
    const database = await createMetadataDatabase();
    await database.drop();
    await database.drop();
    await expect(rows(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });

  it('report a connection that was left open', async () => {
    const database = await createMetadataDatabase();
    const leaked = new pg.Client(database.url);
    leaked.on('error', () => undefined);
    await leaked.connect();
    await expect(database.drop()).rejects.toThrow('all connections to a test database are closed');
  });

  it('take rows in every state from factories that are told the state only', async () => {
    const database = await createMetadataDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    for (const state of ['created', 'queued', 'syncing', 'success', 'failure']) {
      const { id, accountId } = await insertSynchronization(client, { state });
      await insertApiKey(client, accountId);
      await insertRun(client, id);
    }
    const { rows: counts } = await client.query(
      'SELECT count(*)::int AS runs FROM runs WHERE outcome IS NULL',
    );
    expect(counts).toEqual([{ runs: 5 }]);
    await client.end();
    await database.drop();
  });
});
