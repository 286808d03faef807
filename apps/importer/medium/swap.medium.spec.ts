import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunStagedV1 } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import type { Client } from 'pg';
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

const v1 = 'v\n1\n';
const v2 = 'v\n2\n2\n';

/** Imports a file as the first of a new synchronization. */
async function create(
  content: string,
  overrides: Parameters<ImporterWorld['stage']>[1] = {},
): Promise<RunStagedV1> {
  const run = await world.stage(content, overrides);
  expect(await world.import(run)).toBe('imported');
  return run;
}

/** Imports the next file of a synchronization. */
async function refresh(earlier: RunStagedV1, content: string): Promise<RunStagedV1> {
  const run = await world.stageNext(earlier, content);
  expect(await world.import(run)).toBe('imported');
  return run;
}

async function tableOf(run: RunStagedV1): Promise<string> {
  const event = await world.finished(run);
  if (event.outcome !== 'imported') throw new Error(`the run ended as ${event.outcome}`);
  return `${event.report.schema}.${event.report.table}`;
}

const valuesIn = (table: string): Promise<number[]> =>
  world.column(`SELECT v FROM ${table} ORDER BY cartodb_id`);

/** A connection of somebody else, ended afterwards. */
async function withReader<T>(work: (reader: Client) => Promise<T>): Promise<T> {
  const reader = await world.connect();
  await reader.query("SET application_name = 'reader'");
  try {
    return await work(reader);
  } finally {
    await reader.end();
  }
}

const someoneWaitsForALock = (): Promise<unknown> =>
  waitFor(
    async () =>
      (
        await world.sql(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidetable-importer' AND wait_event_type = 'Lock'`,
        )
      ).length > 0,
    { until: 'the importer waits for a lock', intervalMs: 5 },
  );

describe("a synchronization's table", () => {
  it('is called what the customer asked for, or else like the file', async () => {
    expect(await tableOf(await create(v1, { fileName: 'Named By File.csv' }))).toBe('demo.named_by_file');
    expect(await tableOf(await create(v1, { fileName: 'x.csv', tableName: 'My Name' }))).toBe('demo.my_name');
    expect(await tableOf(await create(v1, { fileName: '', schema: 'Ünusual "schema"' }))).toBe(
      'Ünusual "schema".untitled_table',
    );
  });

  it('keeps its name, whatever later files are called', async () => {
    const run = await create(v1, { fileName: 'first_name.csv' });
    const later = await world.stageNext(run, v2, { fileName: 'other_name.csv', tableName: 'another' });
    expect(await world.import(later)).toBe('imported');
    expect(await tableOf(later)).toBe('demo.first_name');
    expect(await valuesIn('demo.first_name')).toEqual([2, 2]);
  });

  it.each([
    ['table', 'CREATE TABLE demo.taken_table (mine int)'],
    ['view', 'CREATE VIEW demo.taken_view AS SELECT 1 AS mine'],
    ['index', 'CREATE TABLE demo.some_table (mine int); CREATE INDEX taken_index ON demo.some_table (mine)'],
    ['sequence', 'CREATE SEQUENCE demo.taken_sequence'],
    ['type', "CREATE TYPE demo.taken_type AS ENUM ('mine')"],
  ])("makes way for a stranger's %s and never touches it", async (kind, statement) => {
    await world.sql('CREATE SCHEMA IF NOT EXISTS demo');
    await world.sql(statement);
    const oidOf = (name: string): Promise<number[]> =>
      world.column(
        `SELECT oid FROM pg_class WHERE relnamespace = 'demo'::regnamespace AND relname = $1
         UNION SELECT oid FROM pg_type WHERE typnamespace = 'demo'::regnamespace AND typname = $1 ORDER BY 1`,
        [name],
      );
    const before = await oidOf(`taken_${kind}`);
    const run = await create(v1, { fileName: `taken_${kind}.csv` });
    const next = await refresh(run, v2);
    expect(await tableOf(next)).toBe(`demo.taken_${kind}_1`);
    expect(await valuesIn(`demo.taken_${kind}_1`)).toEqual([2, 2]);
    expect(await oidOf(`taken_${kind}`)).toEqual(before);
  });

  it('is found again when its owner has renamed it', async () => {
    const run = await create(v1, { fileName: 'before.csv' });
    await world.sql('ALTER TABLE demo.before RENAME TO after');
    await world.sql(`CREATE TABLE demo.before AS SELECT 'stranger' AS mine`);
    const next = await refresh(run, v2);
    expect(await tableOf(next)).toBe('demo.after');
    expect(await valuesIn('demo.after')).toEqual([2, 2]);
    expect(await world.column('SELECT mine FROM demo.before')).toEqual(['stranger']);
  });

  it('is made again when its owner has dropped it', async () => {
    const run = await create(v1, { fileName: 'dropped.csv' });
    await world.sql('DROP TABLE demo.dropped');
    expect(await tableOf(await refresh(run, v2))).toBe('demo.dropped');
    expect(await valuesIn('demo.dropped')).toEqual([2, 2]);
  });

  it('is made beside what took its place when its owner has dropped it', async () => {
    const run = await create(v1, { fileName: 'replaced.csv' });
    await world.sql('DROP TABLE demo.replaced');
    await world.sql(`CREATE TABLE demo.replaced AS SELECT 'stranger' AS mine`);
    const next = await refresh(run, v2);
    expect(await tableOf(next)).toBe('demo.replaced_1');
    expect(await tableOf(await refresh(next, v1))).toBe('demo.replaced_1');
    expect(await world.column('SELECT mine FROM demo.replaced')).toEqual(['stranger']);
  });

  it('is made again when its owner has moved it to another schema, where it stays', async () => {
    const run = await create(v1, { fileName: 'moved.csv' });
    await world.sql('CREATE SCHEMA elsewhere');
    await world.sql('ALTER TABLE demo.moved SET SCHEMA elsewhere');
    expect(await tableOf(await refresh(run, v2))).toBe('demo.moved');
    expect(await valuesIn('elsewhere.moved')).toEqual([1]);
  });

  it('gets a name of at most 63 characters, also beside others of that name', async () => {
    const fileName = `${'long'.repeat(20)}.csv`;
    const names = [
      await create(v1, { fileName }),
      await create(v1, { fileName }),
      await create(v2, { fileName }),
    ];
    expect(await Promise.all(names.map(tableOf))).toEqual([
      `demo.${'long'.repeat(20).slice(0, 63)}`,
      `demo.${'long'.repeat(20).slice(0, 61)}_1`,
      `demo.${'long'.repeat(20).slice(0, 61)}_2`,
    ]);
    await refresh(names[2]!, v1);
  });

  it('keeps the names of its key and indexes, unless others took them', async () => {
    const run = await create('v,lat,lon\n1,1,1\n', { fileName: 'indexed.csv' });
    await refresh(run, 'v,lat,lon\n1,1,1\n');
    const indexes = (): Promise<string[]> =>
      world.column(
        `SELECT indexname FROM pg_indexes WHERE schemaname = 'demo' AND tablename = 'indexed' ORDER BY 1`,
      );
    expect(await indexes()).toEqual(['indexed_pkey', 'indexed_the_geom_idx', 'indexed_webmercator_idx']);

    await world.sql('ALTER INDEX demo.indexed_webmercator_idx RENAME TO theirs');
    await world.sql(
      'CREATE TABLE demo.other (v int); CREATE INDEX indexed_webmercator_idx ON demo.other (v)',
    );
    const next = await world.stageNext(run, 'v,lat,lon\n1,1,1\n', { runNumber: 3 });
    expect(await world.import(next)).toBe('imported');
    expect(await indexes()).toEqual(['indexed_pkey', 'indexed_the_geom_idx', 'indexed_webmercator_idx1']);
    await world.sql('DROP TABLE demo.indexed, demo.other');
  });

  it('is one of many that are made at once, in a schema that is not there yet', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => world.stage(v1, { fileName: 'same.csv', schema: 'crowded' })),
    );
    expect(
      new Set(
        await Promise.all(runs.map((run) => world.import(run, { env: { SWAP_PATIENCE_MS: '20000' } }))),
      ),
    ).toEqual(new Set(['imported']));
    expect(
      await world.column(
        `SELECT relname FROM pg_class WHERE relnamespace = 'crowded'::regnamespace AND relkind = 'r' ORDER BY 1`,
      ),
    ).toEqual(['same', 'same_1', 'same_2', 'same_3', 'same_4', 'same_5']);
  });
});

describe('what is attached to a table and cannot be carried over', () => {
  const columns = 'v,w\n1,1\n';

  it.each([
    [
      'a view on a column that the file lost',
      'CREATE VIEW demo."De pendent" AS SELECT w FROM demo.depended',
      'DROP VIEW demo."De pendent"',
      'view demo."De pendent"',
    ],
    [
      'a view on a column whose type changed',
      'CREATE VIEW demo.dependent AS SELECT v FROM demo.depended',
      'DROP VIEW demo.dependent',
      'view demo.dependent; v had to go from integer to text by line 2',
    ],
    [
      'a materialized view on a column that the file lost',
      'CREATE MATERIALIZED VIEW demo.dependent AS SELECT w FROM demo.depended',
      'DROP MATERIALIZED VIEW demo.dependent',
      'materialized view demo.dependent',
    ],
    [
      'a materialized view that something depends on',
      'CREATE MATERIALIZED VIEW demo.dependent AS SELECT 1 AS one FROM demo.depended;' +
        'CREATE VIEW demo.on_top AS SELECT * FROM demo.dependent',
      'DROP MATERIALIZED VIEW demo.dependent CASCADE',
      'materialized view demo.dependent',
    ],
    [
      'a foreign key to a row that is gone',
      'CREATE TABLE demo.dependent (id bigint CONSTRAINT points_there REFERENCES demo.depended);' +
        'INSERT INTO demo.dependent VALUES (1)',
      'DROP TABLE demo.dependent',
      'constraint points_there on demo.dependent',
    ],
    [
      'an index on a column that the file lost',
      'CREATE INDEX by_w ON demo.depended (w)',
      'DROP INDEX demo.by_w',
      'index by_w',
    ],
    [
      'a unique index that the new rows do not allow',
      'CREATE UNIQUE INDEX by_v ON demo.depended (v)',
      'DROP INDEX demo.by_v',
      'index by_v',
    ],
    [
      'a check that the new rows do not pass',
      "ALTER TABLE demo.depended ADD CONSTRAINT small CHECK (v::text < 'b')",
      'ALTER TABLE demo.depended DROP CONSTRAINT small',
      'constraint small',
    ],
    [
      'a table with a column of its row type',
      'CREATE TABLE demo.dependent (d demo.depended)',
      'DROP TABLE demo.dependent',
      'column d of table demo.dependent',
    ],
    [
      'a function that takes its row',
      "CREATE FUNCTION demo.dependent(demo.depended) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      'DROP FUNCTION demo.dependent',
      'function demo.dependent(demo.depended)',
    ],
    [
      'a table that inherits from it',
      'CREATE TABLE demo.dependent () INHERITS (demo.depended)',
      'DROP TABLE demo.dependent',
      'table demo.dependent',
    ],
  ])('%s: the table stays as it is, and the customer is told', async (_kind, attach, detach, named) => {
    const run = await create(columns, { fileName: 'depended.csv' });
    await world.sql(attach);
    const blocked = await world.stageNext(run, 'v,cartodb_id\nc,7\nc,8\n');
    expect(await world.import(blocked)).toBe('failed');
    expect(await world.finished(blocked)).toMatchObject({
      failure: { code: 'table-has-dependents', detail: named },
    });
    expect(await valuesIn('demo.depended')).toEqual([1]);
    expect(await world.leftovers()).toEqual(nothingLeft);

    await world.sql(detach);
    await refresh(blocked, v2);
    expect(await valuesIn('demo.depended')).toEqual([2, 2]);
    await world.sql('DROP TABLE demo.depended');
  });
});

describe('readers', () => {
  it('are waited for, never cancelled, and hold others up only briefly', async () => {
    const run = await create(v1, { fileName: 'read_long.csv' });
    const next = await world.stageNext(run, v2);
    await withReader(async (reader) => {
      await reader.query('BEGIN');
      await reader.query('SELECT * FROM demo.read_long');
      const imported = world.import(next, { env: { SWAP_PATIENCE_MS: '30000' } });
      await someoneWaitsForALock();
      // Somebody else queues behind the importer until that gives up waiting, for 100 ms here.
      const startedAt = performance.now();
      expect(await valuesIn('demo.read_long')).toEqual([1]);
      expect(performance.now() - startedAt).toBeLessThan(2_000);

      await someoneWaitsForALock();
      expect((await reader.query('SELECT v FROM demo.read_long')).rows).toEqual([{ v: 1 }]);
      await reader.query('COMMIT');
      expect(await imported).toBe('imported');
      expect((await reader.query('SELECT v FROM demo.read_long')).rows).toEqual([{ v: 2 }, { v: 2 }]);
    });
  });

  it('that stay for too long end the run as table-busy, and go on undisturbed', async () => {
    const run = await create(v1, { fileName: 'read_for_ever.csv' });
    const next = await world.stageNext(run, v2);
    await withReader(async (reader) => {
      await reader.query('BEGIN');
      await reader.query('SELECT * FROM demo.read_for_ever');
      expect(await world.import(next, { env: { SWAP_PATIENCE_MS: '500' } })).toBe('failed');
      expect(await world.finished(next)).toMatchObject({ failure: { code: 'table-busy' } });
      expect((await reader.query('SELECT v FROM demo.read_for_ever')).rows).toEqual([{ v: 1 }]);
      await reader.query('COMMIT');
    });
    expect(await world.leftovers()).toEqual(nothingLeft);
    await refresh(next, v2);
    expect(await valuesIn('demo.read_for_ever')).toEqual([2, 2]);
  });

  it('whose snapshot is older than the import see the whole new table, never an empty one', async () => {
    const run = await create(v1, { fileName: 'read_late.csv' });
    await withReader(async (reader) => {
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT txid_current_snapshot()');
      await refresh(run, v2);
      expect((await reader.query('SELECT v FROM demo.read_late')).rows).toEqual([{ v: 2 }, { v: 2 }]);
      expect((await reader.query('SELECT v FROM demo.read_late WHERE cartodb_id = 2')).rows).toEqual([
        { v: 2 },
      ]);
      await reader.query('COMMIT');
    });
  });

  it('never see the table missing, empty or mixed during twenty swaps', async () => {
    /** Version n has n hundred rows, all of which say n. */
    const version = (n: number): string => `v,lat,lon\n${`${n},1,2\n`.repeat(100 * n)}`;
    let run = await create(version(1), { fileName: 'watched.csv' });
    let watching = true;
    const seen = new Set<number>();
    const wrong: unknown[] = [];
    const watch = (begin: string): Promise<void> =>
      withReader(async (reader) => {
        while (watching) {
          try {
            await reader.query(begin);
            const { rows } = await reader.query<{ rows: number; least: number; most: number }>(
              'SELECT count(*)::int AS rows, min(v) AS least, max(v) AS most FROM demo.watched',
            );
            await reader.query('COMMIT');
            const { rows: count, least, most } = rows[0]!;
            if (least !== most || count !== 100 * least) wrong.push(rows[0]);
            seen.add(least);
          } catch (error) {
            wrong.push(error);
            await reader.query('ROLLBACK');
          }
        }
      });
    const watchers = [watch('BEGIN'), watch('BEGIN'), watch('BEGIN ISOLATION LEVEL REPEATABLE READ')];
    for (let n = 2; n <= 21; n++) {
      const next = await world.stageNext(run, version(n));
      expect(await world.import(next, { env: { SWAP_PATIENCE_MS: '30000' } })).toBe('imported');
      run = next;
    }
    watching = false;
    await Promise.all(watchers);
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(10);
    expect(await world.column(`SELECT count(*)::int FROM demo.watched`)).toEqual([2_100]);
  });
});
