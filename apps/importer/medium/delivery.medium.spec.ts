import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunStagedV1, SyncError } from '@tidetable/contracts';
import { openCsv } from '../src/formats/csv/csv-reader.js';
import type { ImportCheckpoint } from '../src/import-run.js';
import { type LoadedRows, loadTable } from '../src/load/load-table.js';
import { RejectedRows } from '../src/load/rejected-rows.js';
import { sweepStagingTables } from '../src/sweep/sweep-staging-tables.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(async () => {
  await world.stop();
});

class Crash extends Error {}

const crashAt =
  (where: ImportCheckpoint) =>
  async (name: ImportCheckpoint): Promise<void> => {
    if (name === where) throw new Crash();
  };

const oldFile = 'v,lat,lon\n1,1,1\n';
const newFile = 'v,lat,lon\n2,2,2\n2,3,3\n';

const nameOf = (run: RunStagedV1): string => run.fileName.replace('.csv', '');
const valuesIn = (name: string): Promise<number[]> =>
  world.column(`SELECT v FROM demo.${name} ORDER BY cartodb_id`);
const ledgerOf = (run: RunStagedV1): Promise<object[]> =>
  world.sql(
    'SELECT table_name, last_run_id, last_run_number FROM tidetable.synchronized_tables WHERE synchronization_id = $1',
    [run.synchronizationId],
  );
const tablesLike = (name: string): Promise<string[]> =>
  world.column(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'demo'::regnamespace AND relname LIKE $1 ORDER BY 1`,
    [`${name}%`],
  );

/** A synchronization whose table is in place with the old file, and its next run. */
async function aRefresh(): Promise<{ first: RunStagedV1; run: RunStagedV1; name: string }> {
  const first = await world.stage(oldFile);
  expect(await world.import(first)).toBe('imported');
  return { first, run: await world.stageNext(first, newFile), name: nameOf(first) };
}

describe('a staged file that lost its end', () => {
  it('never becomes a shorter table: it is our fault, and told as such', async () => {
    const { run, name } = await aRefresh();
    const longer = { ...run, file: { ...run.file, bytes: run.file.bytes + 1 } };
    await expect(world.import(longer)).rejects.toThrow('the staged file has');
    expect(await valuesIn(name)).toEqual([1]);
    expect(await world.import(run)).toBe('imported');
  });
});

describe('a run that is delivered again', () => {
  const checkpoints: ImportCheckpoint[] = ['after-copy', 'before-swap', 'after-swap'];

  it.each(checkpoints)('after a crash %s ends as if nothing had happened', async (where) => {
    const { run, name } = await aRefresh();
    for (let crashes = 0; crashes < 2; crashes++) {
      const crashed = world.import(run, { checkpoint: crashAt(where) });
      // After the swap the story is told to its end: the ledger knows that there is nothing left to do.
      if (where === 'after-swap' && crashes === 1) expect(await crashed).toBe('imported');
      else await expect(crashed).rejects.toThrow(Crash);
      expect(await valuesIn(name)).toEqual(where === 'after-swap' ? [2, 2] : [1]);
    }
    expect(await world.import(run)).toBe('imported');
    expect(await world.finished(run)).toMatchObject({
      outcome: 'imported',
      report: { table: name, rows: 2, geometries: 2 },
    });
    expect(world.timesFinished(run)).toBe(1);
    expect(await valuesIn(name)).toEqual([2, 2]);
    expect(await tablesLike(name)).toEqual([name]);
    expect(await ledgerOf(run)).toEqual([{ table_name: name, last_run_id: run.runId, last_run_number: 2 }]);
  });

  it.each(checkpoints)('after a crash %s of the first run ends with one table', async (where) => {
    const run = await world.stage(newFile);
    await expect(world.import(run, { checkpoint: crashAt(where) })).rejects.toThrow(Crash);
    expect(await world.import(run)).toBe('imported');
    expect(await tablesLike(nameOf(run))).toEqual([nameOf(run)]);
    expect(world.timesFinished(run)).toBeLessThanOrEqual(1);
    expect(await ledgerOf(run)).toEqual([
      { table_name: nameOf(run), last_run_id: run.runId, last_run_number: 1 },
    ]);
  });

  it('after it had ended tells its end again, which counts once, though its file is gone', async () => {
    const { run, name } = await aRefresh();
    expect(await world.import(run)).toBe('imported');
    const { oid } = (
      await world.sql<{ oid: number }>('SELECT $1::regclass::oid AS oid', [`demo.${name}`])
    )[0]!;
    world.scheduler.close(run.runId);
    expect(await world.import(run)).toBe('imported');
    await world.finished(run);
    expect(world.timesFinished(run)).toBe(1);
    expect(await world.column('SELECT $1::regclass::oid', [`demo.${name}`])).toEqual([oid]);
  });

  it('after it had failed, and was recorded, changes nothing', async () => {
    const run = await world.stage('a,b\n1,2,3\n');
    expect(await world.import(run)).toBe('failed');
    world.scheduler.close(run.runId);
    expect(await world.import(run)).toBe('dropped');
    await world.finished(run);
    expect(world.timesFinished(run)).toBe(1);
  });

  it('while it is still under way elsewhere ends once, with one table', async () => {
    const { run, name } = await aRefresh();
    // They wait for each other, and the later ones find that the first has done it.
    expect(await Promise.all([world.import(run), world.import(run), world.import(run)])).toContain(
      'imported',
    );
    await world.finished(run);
    expect(world.timesFinished(run)).toBe(1);
    expect(await valuesIn(name)).toEqual([2, 2]);
    expect(await tablesLike(name)).toEqual([name]);
  });
});

describe('a load whose connection the database ends', () => {
  const runId = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const head = Buffer.from('v,w\n1,a\n');

  /** What the database said to each request to end a connection. */
  const ended: boolean[] = [];

  /** Loads the pieces; before the last of them the database ends the copy's connection. */
  async function loadInterrupted(pieces: readonly string[]): Promise<LoadedRows> {
    const bytes = [head, ...pieces.map((piece) => Buffer.from(piece))];
    let interrupted = false;
    const endConnection = async (): Promise<void> => {
      interrupted = true;
      ended.push(
        ...(await world.column<boolean>(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidetable-importer' AND state <> 'idle'`,
        )),
      );
    };
    const reader = openCsv({
      head,
      isWhole: false,
      open: async () =>
        (async function* () {
          for (const [index, piece] of bytes.entries()) {
            if (index === bytes.length - 1 && !interrupted) await endConnection();
            yield piece;
          }
        })(),
    });
    const client = await world.connect();
    return loadTable(reader, {
      runId,
      options: { typeGuessing: true, quotedFieldsGuessing: true, contentGuessing: false },
      limits: { rows: 1_000_000, columns: 1_597, vertices: 1_000 },
      client,
      rejection: { rowsAllowed: 0, ratioMax: 0 },
      rejected: new RejectedRows(),
      signal: new AbortController().signal,
    }).finally(() => client.end());
  }

  const rows = '2,abcdefghijklmnopqrstuvwxyz\n'.repeat(50_000);

  it.each([
    ['little is left', [rows, rows, '3,b\n']],
    ['much is left', [rows, rows, rows.repeat(10)]],
    ['it was to be repeated anyway', [rows, 'x,b\n', rows]],
  ])('fails as ours to try again when %s', async (_, pieces) => {
    await expect(loadInterrupted(pieces)).rejects.not.toThrow(SyncError);
    expect(ended.splice(0)).toEqual([true]);
  });
});

describe('a run that is overtaken', () => {
  it('before it begins changes nothing', async () => {
    const { first, run, name } = await aRefresh();
    const later = await world.stageNext(first, 'v\n3\n', { runNumber: 3 });
    expect(await world.import(later)).toBe('imported');
    expect(await world.import(run)).toBe('dropped');
    expect(await valuesIn(name)).toEqual([3]);
    expect(world.timesFinished(run)).toBe(0);
  });

  it('while it loads does not swap', async () => {
    const { first, run, name } = await aRefresh();
    const later = await world.stageNext(first, 'v\n3\n', { runNumber: 3 });
    const overtake = async (at: ImportCheckpoint): Promise<void> => {
      if (at === 'before-swap') expect(await world.import(later)).toBe('imported');
    };
    expect(await world.import(run, { checkpoint: overtake })).toBe('dropped');
    expect(await valuesIn(name)).toEqual([3]);
    expect(await ledgerOf(run)).toEqual([{ table_name: name, last_run_id: later.runId, last_run_number: 3 }]);
  });

  it('by the second of two first runs that swap at the same moment leaves one table, the later', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await world.stage('v\n1\n');
      const second = await world.stageNext(first, 'v\n2\n');
      // Both stand before the swap at once.
      let waiting = 0;
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const meet = async (at: ImportCheckpoint): Promise<void> => {
        if (at !== 'before-swap') return;
        if (++waiting === 2) release();
        await released;
      };
      const env = { SWAP_PATIENCE_MS: '20000' };
      await Promise.all([
        world.import(first, { checkpoint: meet, env }),
        world.import(second, { checkpoint: meet, env }),
      ]);
      expect(await tablesLike(nameOf(first))).toEqual([nameOf(first)]);
      expect(await valuesIn(nameOf(first))).toEqual([2]);
    }
  });
});

describe('a run that is closed', () => {
  it('before it begins changes nothing and leaves nothing', async () => {
    const { run, name } = await aRefresh();
    world.scheduler.close(run.runId);
    expect(await world.import(run)).toBe('dropped');
    expect(await valuesIn(name)).toEqual([1]);
    expect(world.timesFinished(run)).toBe(0);
  });

  it.each<ImportCheckpoint>(['after-copy', 'before-swap'])(
    '%s changes nothing and leaves nothing',
    async (where) => {
      const { run, name } = await aRefresh();
      const close = async (at: ImportCheckpoint): Promise<void> => {
        if (at === where) world.scheduler.close(run.runId);
      };
      expect(await world.import(run, { checkpoint: close })).toBe('dropped');
      expect(await valuesIn(name)).toEqual([1]);
      expect(world.timesFinished(run)).toBe(0);
    },
  );

  it('as the first of its synchronization makes no table', async () => {
    const run = await world.stage(newFile);
    const close = async (): Promise<void> => world.scheduler.close(run.runId);
    expect(await world.import(run, { checkpoint: close })).toBe('dropped');
    expect(await tablesLike(nameOf(run))).toEqual([]);
    expect(await ledgerOf(run)).toEqual([]);
  });
});

describe('sweeping', () => {
  /** A run that crashed and left its staging table. */
  async function aCrashedRun(): Promise<RunStagedV1> {
    const run = await world.stage(newFile);
    await expect(world.import(run, { checkpoint: crashAt('before-swap') })).rejects.toThrow(Crash);
    return run;
  }

  const stagingTableOf = (run: RunStagedV1): string => `run_${run.runId.replaceAll('-', '')}`;
  const stagingTables = (): Promise<string[]> =>
    world.column(
      `SELECT relname FROM pg_class WHERE relnamespace = 'tidetable_staging'::regnamespace AND relkind = 'r'`,
    );

  async function sweep(openRuns: readonly RunStagedV1[]): Promise<number> {
    const client = await world.connect();
    try {
      return await sweepStagingTables(client, async (runId) => openRuns.some((run) => run.runId === runId));
    } finally {
      await client.end();
    }
  }

  it("drops the tables of ended runs, and neither those of open ones nor anybody else's", async () => {
    const [open, ended] = [await aCrashedRun(), await aCrashedRun()];
    await world.sql('CREATE TABLE tidetable_staging.of_somebody_else ()');
    expect(await sweep([open])).toBe(1);
    expect((await stagingTables()).sort()).toEqual(['of_somebody_else', stagingTableOf(open)].sort());
    expect(await world.import(open)).toBe('imported');
    await world.sql('DROP TABLE tidetable_staging.of_somebody_else');
    await world.store.remove(ended.file.uri);
  });

  it('leaves a table that is in use for the next time, and still drops the others', async () => {
    const runs = [await aCrashedRun(), await aCrashedRun(), await aCrashedRun()];
    const user = await world.connect();
    await user.query('BEGIN');
    await user.query(`SELECT * FROM tidetable_staging.${stagingTableOf(runs[0]!)}`);
    expect(await sweep([])).toBe(2);
    expect(await stagingTables()).toEqual([stagingTableOf(runs[0]!)]);
    await user.end();
    expect(await sweep([])).toBe(1);
    for (const run of runs) await world.store.remove(run.file.uri);
  });
});
