import { describe, expect, it } from '@jest/globals';
import { importReportSchema } from '@tidetable/contracts';
import { noEvidence } from './columns/type-evidence.js';
import type { LoadedTable } from './load/load-table.js';
import { RejectedRows } from './load/rejected-rows.js';
import { reportImport } from './report-import.js';

const timings = { fetchMs: 1, loadMs: 2, indexMs: 3, swapMs: 4 };

function loadedTable(
  overrides: Partial<LoadedTable> & {
    place?: LoadedTable['plan']['place'];
    key?: number;
  } = {},
): LoadedTable {
  const { place = { from: 'nowhere' }, key = null, ...rest } = overrides;
  return {
    fileName: 'ports.csv',
    names: ['a', 'b'],
    headers: ['A', null],
    plan: {
      types: ['integer', 'text'],
      evidence: noEvidence(2),
      place,
      key,
      quotedTexts: new Uint8Array(2),
    },
    rows: 10,
    geometries: 0,
    placesRefused: 0,
    pointBounds: null,
    shortRows: 0,
    rejected: new RejectedRows(),
    retyped: [],
    widened: [],
    doubted: [],
    units: [],
    emptied: [],
    remembered: [],
    remarks: [],
    placeNotes: [],
    ...rest,
  };
}

const run = {
  runId: 'r-1',
  synchronizationId: 's-1',
  destination: { schema: 'demo', tableName: null },
};
const report = (loaded: LoadedTable) => reportImport(loaded, run, 'ports', timings);

describe('reportImport', () => {
  it('names every column of the table, ours first, with its type and the header it comes from', () => {
    expect(report(loadedTable())).toEqual({
      schema: 'demo',
      table: 'ports',
      rows: 10,
      rejectedRows: 0,
      columns: [
        { name: 'cartodb_id', type: 'bigint', header: null },
        { name: 'the_geom', type: 'geometry(Geometry,4326)', header: null },
        { name: 'the_geom_webmercator', type: 'geometry(Geometry,3857)', header: null },
        { name: 'a', type: 'integer', header: 'A' },
        { name: 'b', type: 'text', header: null },
      ],
      geometries: null,
      warnings: [],
      ...timings,
    });
  });

  it("names the file's own key once", () => {
    const loaded = loadedTable({ names: ['cartodb_id', 'b'], headers: ['cartodb_id', 'b'], key: 0 });
    expect(report(loaded).columns.map((column) => column.name)).toEqual([
      'the_geom',
      'the_geom_webmercator',
      'cartodb_id',
      'b',
    ]);
  });

  it("counts geometries of the file's own, which are no column of theirs, and passes on what the format says", () => {
    const loaded = loadedTable({
      names: ['the_geom', 'b'],
      headers: [null, 'B'],
      place: { from: 'format', column: 0, multiPoints: false, srids: [] },
      geometries: 9,
      remarks: ['There is one more layer.'],
    });
    const result = report(loaded);
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['cartodb_id', 'bigint'],
      ['the_geom', 'geometry(Geometry,4326)'],
      ['the_geom_webmercator', 'geometry(Geometry,3857)'],
      ['b', 'text'],
    ]);
    expect(result).toMatchObject({
      geometries: 9,
      warnings: ['There is one more layer.', '1 row has no geometry.'],
    });
  });

  it('counts geometries where the table has points', () => {
    const result = report(
      loadedTable({ place: { from: 'point', longitude: 0, latitude: 1 }, geometries: 10 }),
    );
    expect(result.geometries).toBe(10);
    expect(result.columns[1]).toMatchObject({ type: 'geometry(Point,4326)' });
    expect(result.warnings).toEqual([]);
  });

  it('warns of what the customer would not expect', () => {
    const loaded = loadedTable({
      place: { from: 'point', longitude: 0, latitude: 1 },
      geometries: 7,
      placesRefused: 1,
      shortRows: 3,
      retyped: [{ name: 'a', type: 'bigint', line: 4711 }],
      remarks: ['Also in the archive: b.csv.'],
    });
    expect(report(loaded).warnings).toEqual([
      'Also in the archive: b.csv.',
      'Column a is bigint: what the beginning of the file suggested does not fit the value on line 4711.',
      '3 rows have fewer fields than the header; the missing ones are empty.',
      '1 row has coordinates outside of ±180, ±90 degrees and got no geometry.',
      '2 rows have no coordinates and got no geometry.',
    ]);
  });

  it.each(['x', '\u0001', '€', '😀', 'a😀'])(
    'fits into an event with as many columns, headers made of %j and surprises as there can be',
    (text) => {
      const columns = 1597;
      const loaded = loadedTable({
        names: Array.from({ length: columns }, () => 'n'.repeat(63)),
        headers: Array.from({ length: columns }, () => text.repeat(600)),
        plan: {
          types: Array.from({ length: columns }, () => 'timestamp without time zone' as const),
          evidence: noEvidence(columns),
          place: { from: 'nowhere' },
          key: null,
          quotedTexts: new Uint8Array(2),
        },
        retyped: Array.from({ length: columns }, () => ({
          name: 'n'.repeat(63),
          type: 'timestamp without time zone' as const,
          line: 4_000_000_000,
        })),
      });
      const json = JSON.stringify(importReportSchema.parse(report(loaded)));
      expect(Buffer.byteLength(json)).toBeLessThan(1_000_000);
      // Half a character would be written as an escape.
      expect(json).not.toMatch(/\\ud[89a-f]/i);
    },
  );
});
