import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { containers, json, layouts, places, refused, values } from './corpus.js';
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

describe.each([
  ['a layout', layouts],
  ['values', values],
  ['places', places],
  ['JSON', json],
  ['a container', containers],
])('a file with %s', (_kind, files) => {
  it.each(files)('%s', async (_what, content, columns, rows) => {
    const run = await world.stage(content);
    const outcome = await world.import(run);
    const event = await world.finished(run);
    if (event.outcome !== 'imported') throw new Error(`${outcome}: ${JSON.stringify(event)}`);
    const { report } = event;
    const own = report.columns.filter(
      ({ name }) => !['cartodb_id', 'the_geom', 'the_geom_webmercator'].includes(name),
    );
    const shown = own.map(({ name }) => `${name}::text`);
    if (report.geometries !== null) shown.push('ST_AsText(the_geom, 9)');
    const found = await world.sql<{ row: (string | null)[] }>(
      `SELECT ARRAY[${shown.join(', ')}] AS row FROM demo.${report.table} ORDER BY cartodb_id`,
    );
    expect({
      columns: own.map(({ name, type }) => `${name}:${type}`).join(' '),
      rows: found.map(({ row }) => row.map((value) => value ?? '∅').join('|')),
    }).toEqual({ columns, rows });
  });
});

describe('a file is refused that is', () => {
  it.each(refused)('%s', async (_what, content, code) => {
    const run = await world.stage(content);
    expect(await world.import(run)).toBe('failed');
    expect(await world.finished(run)).toMatchObject({ failure: { code } });
  });
});
