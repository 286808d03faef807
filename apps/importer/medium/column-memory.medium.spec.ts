import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportReport, RunFinishedV1, RunStagedV1 } from '@tidetable/contracts';
import { ensureLedger } from '../src/swap/ledger.js';
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

interface Refresh {
  run: RunStagedV1;
  end: RunFinishedV1;
}

async function finish(run: RunStagedV1): Promise<Refresh> {
  await world.import(run);
  return { run, end: await world.finished(run) };
}

const create = async (
  content: string,
  overrides: Parameters<ImporterWorld['stage']>[1] = {},
): Promise<Refresh> => finish(await world.stage(content, overrides));

const refresh = async (
  { run }: Refresh,
  content: string,
  overrides: Parameters<ImporterWorld['stage']>[1] = {},
): Promise<Refresh> => finish(await world.stageNext(run, content, overrides));

function reportOf({ end }: Refresh): ImportReport {
  if (end.outcome !== 'imported') throw new Error(`the run ended as ${end.outcome}`);
  return end.report;
}

const typeOf = (made: Refresh, name = 'v'): string | undefined =>
  reportOf(made).columns.find((column) => column.name === name)?.type;

describe('the type of a column in the next refresh', () => {
  it('widens in order, names the line that forced it, and never narrows', async () => {
    let made = await create('v\n1\n2\n');
    expect(typeOf(made)).toBe('integer');

    made = await refresh(made, 'v\n1\n\n3000000000\n5\n');
    expect(typeOf(made)).toBe('bigint');
    expect(reportOf(made).warnings).toEqual([
      'Column v was integer and is bigint now: the value on line 4 did not fit.',
    ]);

    made = await refresh(made, 'v\n1\n');
    expect(typeOf(made)).toBe('bigint');
    expect(reportOf(made).warnings).toEqual([]);

    made = await refresh(made, 'v\n1\n0.5\n');
    expect(typeOf(made)).toBe('double precision');

    made = await refresh(made, 'v\n1\n0.1234567890123456789\n');
    expect(typeOf(made)).toBe('numeric');

    made = await refresh(made, 'v\n1\n2\nx\n');
    expect(typeOf(made)).toBe('text');
    expect(reportOf(made).warnings).toEqual([
      'Column v was numeric and is text now: the value on line 4 did not fit.',
    ]);

    made = await refresh(made, 'v\n1\n2\n');
    expect(typeOf(made)).toBe('text');
    expect(reportOf(made).warnings).toEqual([]);
    expect(await world.column(`SELECT v FROM demo.${reportOf(made).table}`)).toEqual(['1', '2']);
  });

  it('is told as a change of the table, with columns that came and went, where there was a table before', async () => {
    const made = await create('v,w\n1,x\n');
    expect(reportOf(made).schemaChange).toBeUndefined();
    const same = await refresh(made, 'w,v\ny,2\n');
    expect(reportOf(same).schemaChange).toBeUndefined();
    const changed = await refresh(same, 'v,u\n1.5,x\n');
    const change = {
      added: [{ name: 'u', type: 'text' }],
      removed: [{ name: 'w', type: 'text' }],
      retyped: [{ name: 'v', type: 'double precision', before: 'integer' }],
    };
    expect(reportOf(changed).schemaChange).toEqual(change);
    await world.sql(`DROP TABLE demo.${reportOf(changed).table}`);
    expect(reportOf(await refresh(changed, 'z\n1\n')).schemaChange).toBeUndefined();
  });

  it('names the line also where it is far behind the beginning of the file', async () => {
    const rows = 150_000;
    const made = await create('v,p\n1,x\n');
    const next = await refresh(made, `v,p\n${`1,${'x'.repeat(10)}\n`.repeat(rows)}1.5,x\n1,x\n`);
    expect(typeOf(next)).toBe('double precision');
    expect(reportOf(next).warnings).toEqual([
      `Column v was integer and is double precision now: the value on line ${rows + 2} did not fit.`,
    ]);
  });

  it.each<[string, string, string, string]>([
    ['date', '2024-12-31', '2024-12-31 10:11', 'timestamp without time zone'],
    ['timestamp without time zone', '2024-12-31 10:11', '2024-12-31', 'timestamp without time zone'],
    ['date', '31/12/2024', '01/02/2024', 'date'],
    ['date', '31/12/2024', '2024-12-31', 'date'],
    ['boolean', 'true', 'yes', 'boolean'],
    ['boolean', 'true', '1', 'text'],
    ['double precision', '1.5', '7', 'double precision'],
    ['double precision', '"1,5"', '"1,234"', 'double precision'],
    ['integer', '1', '', 'integer'],
    ['integer', '1', 'NA', 'integer'],
    ['text', '', '1', 'text'],
    ['time without time zone', '10:11', '10:11:12', 'time without time zone'],
  ])('that was %s for %s is for %s %s', async (type, before, after, expected) => {
    const made = await create(`v,p\n${before},x\n`);
    expect(typeOf(made)).toBe(type);
    expect(typeOf(await refresh(made, `v,p\n${after},x\n`))).toBe(expected);
  });

  it('goes on reading dates in the order that was settled once', async () => {
    const made = await create('v\n31/12/2024\n');
    const next = await refresh(made, 'v\n01/02/2024\n');
    const last = await refresh(next, 'v\n03/02/2024\n');
    expect(await world.column(`SELECT v::text FROM demo.${reportOf(last).table}`)).toEqual(['2024-02-03']);
  });

  it('is found anew for a column from another header', async () => {
    const made = await create('A B,v\nx,y\n');
    const next = await refresh(made, 'A-B,v\n1,2\n');
    expect([typeOf(next, 'a_b'), typeOf(next, 'v')]).toEqual(['integer', 'text']);
  });

  it('is found anew when types are to be found in another way', async () => {
    const made = await create('v\n1\n', { options: { typeGuessing: false } });
    expect(typeOf(made)).toBe('text');
    const guessed = await refresh(made, 'v\n1\n', { options: { typeGuessing: true } });
    expect(typeOf(guessed)).toBe('integer');
    const same = await refresh(guessed, 'v\n1.5\n', { options: { typeGuessing: true } });
    expect(typeOf(same)).toBe('double precision');
    const off = await refresh(same, 'v\n1\n', { options: { typeGuessing: false } });
    expect(typeOf(off)).toBe('text');
  });

  it('is kept for coordinates, which are decimals whatever a file holds', async () => {
    const made = await create('lat,lon\n1.5,2\n');
    const next = await refresh(made, 'lat,lon\n1,2\n');
    expect([typeOf(next, 'lat'), typeOf(next, 'lon')]).toEqual(['double precision', 'double precision']);
    expect(reportOf(next)).toMatchObject({ geometries: 1, warnings: [] });
  });

  it('is forgotten by a ledger of an earlier version, and remembered once that is brought up to date', async () => {
    const made = await create('v\nx\n');
    await world.sql('ALTER TABLE tidetable.synchronized_tables DROP COLUMN column_types');
    const client = await world.connect();
    await ensureLedger(client)
      .then(() => ensureLedger(client))
      .finally(() => client.end());
    const next = await refresh(made, 'v\n1\n');
    expect(typeOf(next)).toBe('integer');
    expect(typeOf(await refresh(next, 'v\nx\n'))).toBe('text');
  });
});

describe('a view on a column', () => {
  it('goes on working while the column keeps its type, whatever the values look like', async () => {
    let made = await create('code,n\nx1,1\n', { fileName: 'viewed.csv' });
    await world.sql('CREATE VIEW demo.viewed_view AS SELECT code, n FROM demo.viewed');
    for (const content of ['code,n\n1,2\n', 'code,n\ntrue,3\n', 'code,n\n,\n']) {
      made = await refresh(made, content);
      expect(made.end.outcome).toBe('imported');
    }
    made = await refresh(made, 'code,n\n2024-12-31,4\n');
    expect(await world.sql('SELECT code, n FROM demo.viewed_view')).toEqual([{ code: '2024-12-31', n: 4 }]);
  });

  it('that has to become wider stops the refresh, which names both and leaves the table as it was', async () => {
    const made = await create('n\n1\n', { fileName: 'narrow.csv' });
    await world.sql('CREATE VIEW demo.narrow_view AS SELECT n FROM demo.narrow');
    const failed = await refresh(made, 'n\n1\n2.5\n');
    expect(failed.end).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'table-has-dependents',
        detail: 'view demo.narrow_view; n had to go from integer to double precision by line 3',
      },
    });
    expect(await world.column('SELECT n FROM demo.narrow_view')).toEqual([1]);
    await world.sql('DROP VIEW demo.narrow_view');
    expect(typeOf(await refresh(failed, 'n\n1\n2.5\n'), 'n')).toBe('double precision');
  });

  it('that takes any type goes on working when the column becomes wider', async () => {
    const made = await create('n\n1\n', { fileName: 'recast.csv' });
    await world.sql('CREATE VIEW demo.cast_view AS SELECT n::text AS n FROM demo.recast');
    await world.sql('CREATE MATERIALIZED VIEW demo.cast_rows AS SELECT n FROM demo.recast');
    expect(typeOf(await refresh(made, 'n\n2.5\n'), 'n')).toBe('double precision');
    expect(await world.column('SELECT n FROM demo.cast_view')).toEqual(['2.5']);
    expect(await world.column('SELECT n FROM demo.cast_rows')).toEqual([2.5]);
  });
});
