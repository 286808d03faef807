import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlanFileV1Reply, planFileV1ReplySchema, type TablePlan } from '@tidetable/contracts';
import { tellRunClosed } from '@tidetable/jetstream';
import type { Pool } from 'pg';
import { createAnsweringPool } from '../src/answer/answering-pool.js';
import { FilePlans } from '../src/plan/file-plans.js';
import { createImporterWorld, type ImporterWorld, silent } from './importer-world.js';
import { makeZip } from './make-archives.js';
import { makeWorkbook, rowsXml } from './make-workbook.js';

let world: ImporterWorld;
let pool: Pool;
let plans: FilePlans;

const options = {
  typeGuessing: true,
  quotedFieldsGuessing: true,
  contentGuessing: false,
  member: null,
  layer: null,
};

beforeAll(async () => {
  world = await createImporterWorld();
  const env = world.environment({ PLAN_CONCURRENCY: '1' });
  pool = createAnsweringPool(env.DESTINATION_DATABASE_URL);
  plans = new FilePlans({ env, bus: world.bus, store: world.store, database: pool }, silent);
});

afterAll(async () => {
  plans.stop();
  await pool.end();
  await world.stop();
});

interface Asked {
  options?: Partial<Omit<typeof options, 'member' | 'layer'>> & {
    member?: string | null;
    layer?: string | null;
  };
  synchronizationId?: string;
  planId?: string;
  timeoutMs?: number;
}

async function ask(fileName: string, content: string | Buffer, asked: Asked = {}): Promise<PlanFileV1Reply> {
  const { file } = await world.stage(content, { fileName });
  const reply = await plans.plan({
    planId: asked.planId ?? randomUUID(),
    file,
    fileName,
    options: { ...options, ...asked.options },
    synchronizationId: asked.synchronizationId ?? null,
    timeoutMs: asked.timeoutMs ?? 30_000,
  });
  await world.store.remove(file.uri);
  return planFileV1ReplySchema.parse(reply);
}

async function plan(fileName: string, content: string | Buffer, asked: Asked = {}): Promise<TablePlan> {
  const reply = await ask(fileName, content, asked);
  if (reply.outcome !== 'planned') throw new Error(`it is ${JSON.stringify(reply)}`);
  return reply.plan;
}

/** Everything that there is in the database, by name. */
const allThereIs = (): Promise<string[]> =>
  world.column<string>(
    `SELECT 'relation ' || oid::text FROM pg_class UNION ALL SELECT 'schema ' || nspname FROM pg_namespace
     UNION ALL SELECT 'function ' || oid::text FROM pg_proc ORDER BY 1`,
  );

const ports = 'name,longitude,latitude,depth\nHamburg,9.98,53.54,15\nOslo,10.75,59.91,11.5\n';

describe('a plan', () => {
  it('tells columns with reasons, places, rows and the first of them of a CSV file', async () => {
    const told = await plan('ports.csv', ports);
    expect(told.columns.map(({ name, type, why }) => [name, type, why])).toEqual([
      ['cartodb_id', 'bigint', 'It is ours and numbers the rows.'],
      ['the_geom', 'geometry(Point,4326)', 'It is ours and holds where the row is.'],
      ['the_geom_webmercator', 'geometry(Point,3857)', 'It is ours and holds where the row is.'],
      ['name', 'text', 'No other type fits all of its values.'],
      ['longitude', 'double precision', 'It is a coordinate of the geometry.'],
      ['latitude', 'double precision', 'It is a coordinate of the geometry.'],
      ['depth', 'double precision', 'All of its values are double precision.'],
    ]);
    expect(told).toMatchObject({
      file: { name: 'ports.csv', format: 'csv', otherMembers: [], otherLayers: [] },
      geometry: {
        type: 'Point',
        from: 'point',
        columns: ['longitude', 'latitude'],
        srids: [],
        rows: 2,
        bounds: [9.98, 53.54, 10.75, 59.91],
      },
      rows: 2,
      rejected: { rows: 0, reasons: [] },
      fileColumns: ['name', 'longitude', 'latitude', 'depth'],
      firstRows: [
        ['Hamburg', '9.98', '53.54', '15'],
        ['Oslo', '10.75', '59.91', '11.5'],
      ],
      warnings: [],
      difference: null,
    });
  });

  it('tells geometries of GeoJSON without their bytes', async () => {
    const feature = (name: string, x: number): object => ({
      type: 'Feature',
      properties: { name },
      geometry: { type: 'LineString', coordinates: [[x, 1], [x + 1, 2]] }, // prettier-ignore
    });
    const told = await plan(
      'lines.geojson',
      JSON.stringify({ type: 'FeatureCollection', features: [feature('a', 1), feature('b', 2)] }),
    );
    expect(told).toMatchObject({
      file: { format: 'json' },
      geometry: { type: 'Geometry', from: 'format', rows: 2, bounds: null },
      rows: 2,
      fileColumns: ['name'],
      firstRows: [['a'], ['b']],
    });
  });

  it('names what else in an archive and in a workbook could be the table', async () => {
    const archive = makeZip([
      { name: 'a.csv', content: 'x\n1\n' },
      { name: 'b.csv', content: 'y\n2\n' },
    ]);
    const packed = await plan('both.zip', archive);
    expect(packed.file).toMatchObject({ name: 'a.csv', otherMembers: ['b.csv'] });
    const chosen = await plan('both.zip', archive, { options: { member: 'b.csv' } });
    expect(chosen.file).toMatchObject({ name: 'b.csv', member: 'b.csv' });
    const sheets = makeWorkbook([
      { name: 'one', rows: rowsXml([['a'], [1]]) },
      { name: 'two', rows: rowsXml([['b'], [2]]) },
    ]);
    expect((await plan('book.xlsx', sheets)).file).toMatchObject({ format: 'xlsx', otherLayers: ['two'] });
  });

  it('says where later lines changed a type, and which rows would not be there', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${index},x`);
    const told = await plan('rows.csv', `n,t\n${rows.join('\n')}\n7,"open" text,3\n`);
    expect(told.rows).toBe(20);
    expect(told.rejected).toEqual({
      rows: 1,
      reasons: [{ reason: 'text-after-quote', sentence: 'There is text after the quote that closes a value.', lines: [22] }], // prettier-ignore
    });
    expect(JSON.stringify(told)).not.toContain('open');
  });

  it.each([
    ['an empty file', 'empty.csv', '', 'file-empty'],
    ['a web page', 'page.csv', '<!doctype html><html></html>', 'file-is-web-page'],
    ['a table without rows', 'none.csv', 'a,b\n', 'file-without-rows'],
  ])('of %s fails as a run would', async (_what, fileName, content, code) => {
    expect(await ask(fileName, content)).toMatchObject({ outcome: 'failed', failure: { code } });
  });

  it('compares with the table that is there, and changes nothing of it', async () => {
    const run = await world.stage(ports, { fileName: 'ports.csv' });
    expect(await world.import(run)).toBe('imported');
    const { synchronizationId } = run;
    const before = await allThereIs();
    const told = await plan(
      'ports.csv',
      'name,longitude,latitude,depth,flag\nHamburg,9.98,53.54,deep,true\n',
      {
        synchronizationId,
      },
    );
    expect(told.difference).toEqual({
      table: 'ports',
      added: [{ name: 'flag', type: 'boolean' }],
      removed: [],
      retyped: [{ name: 'depth', from: 'double precision', to: 'text' }],
    });
    await plan('other.csv', 'a\n1\n');
    expect(await allThereIs()).toEqual(before);
  });

  it('is not made beside as many as may be', async () => {
    const first = ask('ports.csv', ports);
    const replies = await Promise.all([first, ask('ports.csv', ports), ask('ports.csv', ports)]);
    expect(replies.map(({ outcome }) => outcome)).toContain('busy');
    expect(await ask('ports.csv', ports)).toMatchObject({ outcome: 'planned' });
  });

  it.each(['timed-out', 'cancelled'])('that is %s ends at once', async (outcome) => {
    const planId = randomUUID();
    const rows = Buffer.alloc(40_000_000, 'some text,1\n');
    const asking = ask('long.csv', Buffer.concat([Buffer.from('a,b\n'), rows]), {
      planId,
      timeoutMs: outcome === 'timed-out' ? 1 : 30_000,
    });
    const telling = setInterval(() => {
      if (outcome === 'cancelled') tellRunClosed(world.bus, { runId: planId, synchronizationId: planId });
    }, 5);
    expect(await asking.finally(() => clearInterval(telling))).toEqual({ outcome });
  });
});
