import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunStagedV1 } from '@tidetable/contracts';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { ImporterClient, ImporterSilentError } from '@tidetable/scheduler-client';
import type { RunningService } from '@tidetable/service-host';
import { randomUUID } from 'node:crypto';
import { start } from '../src/start.js';
import { createImporterWorld, type ImporterWorld, silent } from './importer-world.js';

let world: ImporterWorld;
let importers: RunningService[];
let client: ImporterClient;

beforeAll(async () => {
  world = await createImporterWorld();
  importers = await Promise.all([1, 2].map(() => start(world.environment(), silent)));
  client = createClient();
});

afterAll(async () => {
  await client.close();
  await Promise.all(importers.map((importer) => importer.stop()));
  await world.stop();
});

function createClient(patienceMs?: number): ImporterClient {
  return ImporterClient.create(natsConnectionOptions(world.environment().NATS_URL), 'test', patienceMs);
}

/** A table of this name, imported from a file. */
async function imported(name: string, schema = 'demo'): Promise<RunStagedV1> {
  const run = await world.stage('v\n1\n', { fileName: `${name}.csv`, schema });
  expect(await world.import(run)).toBe('imported');
  return run;
}

const isThere = ({ synchronizationId }: Pick<RunStagedV1, 'synchronizationId'>): Promise<boolean> =>
  client.isTableThere(synchronizationId);

describe('the answers about a table', () => {
  it('say that it is there, also in a schema whose name needs quotes', async () => {
    expect(await isThere(await imported('plain'))).toBe(true);
    expect(await isThere(await imported('quoted', 'Hafenamt-"2"'))).toBe(true);
  });

  it('say that it is there when its owner renamed it', async () => {
    const run = await imported('old_name');
    await world.sql('ALTER TABLE demo.old_name RENAME TO new_name');
    expect(await isThere(run)).toBe(true);
  });

  it('say that it is gone when its owner dropped it, though another has its name, until it is imported', async () => {
    const run = await imported('dropped');
    await world.sql('DROP TABLE demo.dropped');
    await world.sql('CREATE TABLE demo.dropped ()');
    expect(await isThere(run)).toBe(false);
    const next = await world.stageNext(run, 'v\n1\n');
    expect(await world.import(next)).toBe('imported');
    expect(await isThere(run)).toBe(true);
  });

  it('say that it is gone when its owner moved it to another schema', async () => {
    const run = await imported('moved');
    await world.sql('CREATE SCHEMA elsewhere');
    await world.sql('ALTER TABLE demo.moved SET SCHEMA elsewhere');
    expect(await isThere(run)).toBe(false);
  });

  it('say that it is gone when its schema is', async () => {
    const run = await imported('swept', 'gone');
    await world.sql('DROP SCHEMA gone CASCADE');
    expect(await isThere(run)).toBe(false);
  });

  it('say that it is not there when nothing was ever imported', async () => {
    expect(await isThere({ synchronizationId: randomUUID() })).toBe(false);
  });

  it('wait for the database and are never wrong without it', async () => {
    const run = await imported('patient');
    await world.sql('ALTER SCHEMA tidetable RENAME TO tidetable_away');
    let isAnswered = false;
    const answer = isThere(run).finally(() => (isAnswered = true));
    const impatient = createClient(300);
    await expect(impatient.isTableThere(run.synchronizationId)).rejects.toBeInstanceOf(ImporterSilentError);
    await impatient.close();
    expect(isAnswered).toBe(false);
    await world.sql('ALTER SCHEMA tidetable_away RENAME TO tidetable');
    expect(await answer).toBe(true);
  });

  it('come again after the database ended every connection', async () => {
    const run = await imported('reconnected');
    expect(await isThere(run)).toBe(true);
    await world.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'tidetable-importer-answers'`,
    );
    expect(await isThere(run)).toBe(true);
  });

  it('come from the other importer when one stops, and not at all when all have stopped', async () => {
    const run = await imported('shared');
    const [first, second] = importers;
    await first!.stop();
    for (let at = 0; at < 10; at += 1) expect(await isThere(run)).toBe(true);
    await second!.stop();
    const impatient = createClient(300);
    await expect(impatient.isTableThere(run.synchronizationId)).rejects.toBeInstanceOf(ImporterSilentError);
    await impatient.close();
  });
});
