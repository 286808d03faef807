import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportReport, ListRejectedRowsV1Reply, RunStagedV1 } from '@tidetable/contracts';
import type { Pool } from 'pg';
import { createAnsweringPool } from '../src/answer/answering-pool.js';
import { listRejectedRows } from '../src/answer/list-rejected-rows.js';
import { forgetRejected } from '../src/sweep/forget-rejected.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;
let pool: Pool;

beforeAll(async () => {
  world = await createImporterWorld();
  pool = createAnsweringPool(world.environment().DESTINATION_DATABASE_URL);
});

afterAll(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
  await pool.end();
  await world.stop();
});

const rejectsOf = (run: RunStagedV1, after = 0, limit = 1_000): Promise<ListRejectedRowsV1Reply> =>
  listRejectedRows(pool, { runId: run.runId, after, limit });

async function reportOf(run: RunStagedV1): Promise<ImportReport> {
  const event = await world.finished(run);
  if (event.outcome !== 'imported') throw new Error(`it ended as ${JSON.stringify(event)}`);
  return event.report;
}

describe('rows that cannot be read', () => {
  it('are counted, kept with line and reason, and told of without their content', async () => {
    const run = await world.stage(
      'id,name\n1,good\n2,"bad"x\n3,good,but long\n\n4,"left open\n5,good\n6,good\n7,"multi\nline"\n',
      { fileName: 'some_bad.csv' },
    );
    expect(await world.import(run)).toBe('imported');
    const report = await reportOf(run);
    expect(report).toMatchObject({ rows: 4, rejectedRows: 3 });
    expect(report.warnings).toEqual([
      `3 rows were rejected and not imported, the first on line 3; ` +
        `/api/v1/synchronizations/${run.synchronizationId}/runs/${run.runId}/rejects tells which and why.`,
    ]);
    expect(await rejectsOf(run)).toEqual({
      rejectedRows: 3,
      keptRows: 3,
      rows: [
        {
          number: 1,
          line: 3,
          reason: 'text-after-quote',
          sentence: 'There is text after the quote that closes a value.',
          content: '2,"bad"x',
        },
        {
          number: 2,
          line: 4,
          reason: 'fields-too-many',
          sentence: 'The row has more fields than the header.',
          content: '3,good,but long',
        },
        {
          number: 3,
          line: 6,
          reason: 'quote-not-closed',
          sentence: 'A value begins with a quote and is not closed.',
          content: '4,"left open',
        },
      ],
      next: null,
    });
    expect(await world.sql('SELECT id, name FROM demo.some_bad ORDER BY cartodb_id')).toEqual([
      { id: 1, name: 'good' },
      { id: 5, name: 'good' },
      { id: 6, name: 'good' },
      { id: 7, name: 'multi\nline' },
    ]);
    expect(
      await world.column(`SELECT count(*)::int FROM tidetable.rejected_rows WHERE content = ''`),
    ).toEqual([0]);
  });

  it('have no say in the type of a column', async () => {
    const run = await world.stage('n,m\n1,1\n2,2\nx,"y"z\nlater,2,3\n', { fileName: 'typed.csv' });
    expect(await world.import(run)).toBe('failed');
    const better = await world.stageNext(run, `n,m\n1,1\n2,2\n5,6\nx,"y"z\nlater,2,3\n`);
    expect(await world.import(better)).toBe('imported');
    expect((await reportOf(better)).columns.map(({ name, type }) => [name, type])).toEqual(
      expect.arrayContaining([
        ['n', 'integer'],
        ['m', 'integer'],
      ]),
    );
  });

  it('are kept for a run that fails because of them, and the table stays as it was', async () => {
    const good = await world.stage('a,b\n1,2\n', { fileName: 'kept.csv' });
    expect(await world.import(good)).toBe('imported');
    const bad = await world.stageNext(good, 'a,b\n1,2,3\n4,5,6\n7,8\n');
    expect(await world.import(bad)).toBe('failed');
    expect(await world.finished(bad)).toMatchObject({
      failure: {
        code: 'rows-rejected',
        detail:
          '2 of 3 rows; line 2: the row has more fields than the header; line 3: the row has more fields than the header',
      },
    });
    expect((await rejectsOf(bad)).rows.map(({ line, content }) => [line, content])).toEqual([
      [2, '1,2,3'],
      [3, '4,5,6'],
    ]);
    expect(await world.sql('SELECT a, b FROM demo.kept')).toEqual([{ a: 1, b: 2 }]);
    expect(await rejectsOf(good)).toEqual({ rejectedRows: 0, keptRows: 0, rows: [], next: null });
  });

  it('are kept once when the import is cut off after the swap, or before it, and told again', async () => {
    const run = await world.stage('a,b\n1,2\n3,4\n"5"6,7\n', { fileName: 'again.csv' });
    for (const where of ['before-swap', 'after-swap'] as const) {
      const checkpoint = async (name: string): Promise<void> => {
        if (name === where) throw new Error('cut off');
      };
      await expect(world.import(run, { checkpoint })).rejects.toThrow('cut off');
    }
    expect(await world.import(run)).toBe('imported');
    expect(await reportOf(run)).toMatchObject({ rows: 2, rejectedRows: 1 });
    expect(await rejectsOf(run)).toMatchObject({ rejectedRows: 1, rows: [{ number: 1, line: 4 }] });
  });

  it('are all counted, of which the first thousand are kept, and listed page by page', async () => {
    const content = `a,b\n${'1,2\n'.repeat(200_000)}${`x,"${'y'.repeat(2_000)}"z\n`.repeat(1_002)}`;
    const run = await world.stage(content, { fileName: 'many.csv' });
    expect(await world.import(run)).toBe('imported');
    expect(await reportOf(run)).toMatchObject({ rows: 200_000, rejectedRows: 1_002 });
    const numbers: number[] = [];
    let pages = 0;
    for (let after: number | null = 0; after !== null && pages < 20; pages++) {
      const page: ListRejectedRowsV1Reply = await rejectsOf(run, after);
      expect(page).toMatchObject({ rejectedRows: 1_002, keptRows: 1_000 });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(600_000);
      numbers.push(...page.rows.map(({ number }) => number));
      after = page.next;
    }
    expect(pages).toBeGreaterThan(2);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
    expect((await rejectsOf(run, 997, 2)).rows.map(({ number, line }) => [number, line])).toEqual([
      [998, 200_999],
      [999, 201_000],
    ]);
  });

  it('are kept of the last ten runs of a synchronization that had any', async () => {
    let run = await world.stage('a,b\n1,2\n3,4\n5,6,7\n', { fileName: 'often.csv' });
    const runs = [run];
    for (let n = 1; n < 12; n++) {
      run = await world.stageNext(run, `a,b\n${n},2\n3,4\n5,6,7\n`);
      runs.push(run);
    }
    for (const each of runs) expect(await world.import(each)).toBe('imported');
    const kept = await Promise.all(runs.map(async (each) => (await rejectsOf(each)).rejectedRows));
    expect(kept).toEqual([0, 0, ...Array.from({ length: 10 }, () => 1)]);
  });

  it('are forgotten when their synchronization was deleted, or after three months', async () => {
    const runs = await Promise.all(
      [1, 2, 3].map((n) => world.stage('a,b\n1,2\n3,4\n5,6,7\n', { fileName: `forgotten${n}.csv` })),
    );
    for (const run of runs) expect(await world.import(run)).toBe('imported');
    const [deleted, kept, old] = runs as [RunStagedV1, RunStagedV1, RunStagedV1];
    await world.sql(
      `UPDATE tidetable.rejections SET rejected_at = now() - interval '91 days' WHERE run_id = $1`,
      [old.runId],
    );
    const client = await world.connect();
    const whichExist = async (ids: readonly string[]): Promise<string[]> =>
      ids.filter((id) => id !== deleted.synchronizationId);
    expect(await forgetRejected(client, whichExist).finally(() => client.end())).toBe(2);
    expect((await rejectsOf(kept)).rejectedRows).toBe(1);
    for (const run of [deleted, old]) {
      expect(await rejectsOf(run)).toEqual({ rejectedRows: 0, keptRows: 0, rows: [], next: null });
    }
  });

  it('add up with the rows that were taken, the header and blank lines to the whole file', async () => {
    const random = seeded(20_260);
    for (let file = 0; file < 12; file++) {
      const expected = { rows: 0, rejectedRows: 0 };
      const lines = Array.from({ length: 200 }, () => {
        const kind = random(8);
        if (kind === 0) return '';
        if (kind === 1 || kind === 2) {
          expected.rejectedRows++;
          return ['1,"a"b', '1,2,3', '"x" y,1', 'a,,b'][random(4)]!;
        }
        expected.rows++;
        return ['1,2', '"a,b",c', '"multi\nline",1', 'short', '1,2,,', '"q""uote",'][random(6)]!;
      });
      const run = await world.stage(`p,q\n${lines.join(['\n', '\r\n', '\r'][file % 3])}`, {
        fileName: `sum${file}.csv`,
      });
      const env = { REJECTED_ROWS_MAX_RATIO: '1' };
      expect(await world.import(run, { env })).toBe('imported');
      expect(await reportOf(run)).toMatchObject(expected);
      expect(await world.column(`SELECT count(*)::int FROM demo.sum${file}`)).toEqual([expected.rows]);
      expect((await rejectsOf(run)).rows).toHaveLength(expected.rejectedRows);
    }
  });
});

/** A generator that gives the same numbers on every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
