import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import { GeopackageReader } from './geopackage-reader.js';
import { PageFile } from './page-file.js';
import { type GeopackageLayer, readLayers } from './read-layers.js';

type Value = string | number | bigint | Buffer | null;

interface Table {
  readonly name: string;
  readonly sql: string;
  readonly rows: readonly (readonly Value[])[];
  readonly type?: string;
}

function varint(value: number): Buffer {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(128 + (rest % 128));
  }
  return Buffer.from(bytes);
}

function encode(value: Value): readonly [type: number, bytes: Buffer] {
  if (value === null) return [0, Buffer.alloc(0)];
  if (typeof value === 'string') return [13 + 2 * Buffer.byteLength(value), Buffer.from(value)];
  if (typeof value === 'object') return [12 + 2 * value.length, value];
  if (value === 0 || value === 1) return [8 + value, Buffer.alloc(0)];
  const bytes = Buffer.alloc(8);
  if (typeof value === 'number' && !Number.isInteger(value)) {
    bytes.writeDoubleBE(value);
    return [7, bytes];
  }
  if (typeof value === 'number' && Math.abs(value) < 128) return [1, Buffer.from([value & 255])];
  bytes.writeBigInt64BE(BigInt(value));
  return [6, bytes];
}

function record(values: readonly Value[]): Buffer {
  const encoded = values.map(encode);
  const types = Buffer.concat(encoded.map(([type]) => varint(type)));
  return Buffer.concat([varint(types.length + 1), types, ...encoded.map(([, bytes]) => bytes)]);
}

/** An SQLite database in pages of 512 bytes. */
class Database {
  private readonly pages: Buffer[] = [];
  private static readonly pageBytes = 512;

  static of(tables: readonly Table[]): Buffer {
    const database = new Database();
    database.pages.push(Buffer.alloc(Database.pageBytes));
    const entries = tables.map(({ name, sql, rows, type = 'table' }) => [
      type, name, name, type === 'table' ? database.addTable(rows) : 0, sql,
    ]); // prettier-ignore
    const root = database.addTable(entries, 100);
    const first = database.pages[root - 1]!;
    first.copy(database.pages[0]!, 100, 0, 12 + 2 * first.readUInt16BE(3));
    first.copy(database.pages[0]!, first.readUInt16BE(5), first.readUInt16BE(5));
    const header = database.pages[0]!;
    header.write('SQLite format 3\0', 0, 'latin1');
    header.writeUInt16BE(Database.pageBytes, 16);
    header.writeUInt32BE(database.pages.length, 28);
    header.writeUInt32BE(1, 56);
    return Buffer.concat(database.pages);
  }

  /** Adds a table and returns its first page. `lessBytes` are left free on each of its pages. */
  private addTable(rows: readonly (readonly Value[])[], lessBytes = 0): number {
    const leaves: [page: number, lastRow: number][] = [];
    let cells: Buffer[] = [];
    let room = 0;
    rows.forEach((row, index) => {
      const cell = this.cellOf(record(row), index + 1);
      if (room < cell.length + 2) {
        if (cells.length > 0) leaves.push([this.addPage(0x0d, cells), index]);
        cells = [];
        room = Database.pageBytes - 8 - lessBytes;
      }
      cells.push(cell);
      room -= cell.length + 2;
    });
    leaves.push([this.addPage(0x0d, cells), rows.length]);
    return this.addInteriors(leaves);
  }

  private addInteriors(pages: readonly (readonly [page: number, lastRow: number])[]): number {
    if (pages.length === 1) return pages[0]![0];
    const above: [page: number, lastRow: number][] = [];
    for (let at = 0; at < pages.length; at += 20) {
      const below = pages.slice(at, at + 20);
      const cells = below.slice(0, -1).map(([page, lastRow]) => {
        const number = Buffer.alloc(4);
        number.writeUInt32BE(page);
        return Buffer.concat([number, varint(lastRow)]);
      });
      const [last, lastRow] = below.at(-1)!;
      above.push([this.addPage(0x05, cells, last), lastRow]);
    }
    return this.addInteriors(above);
  }

  private cellOf(bytes: Buffer, row: number): Buffer {
    const head = Buffer.concat([varint(bytes.length), varint(row)]);
    const usable = Database.pageBytes;
    if (bytes.length <= usable - 35) return Buffer.concat([head, bytes]);
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const wanted = least + ((bytes.length - least) % (usable - 4));
    const local = wanted <= usable - 35 ? wanted : least;
    const next = Buffer.alloc(4);
    next.writeUInt32BE(this.addChain(bytes.subarray(local)));
    return Buffer.concat([head, bytes.subarray(0, local), next]);
  }

  private addChain(bytes: Buffer): number {
    const page = Buffer.alloc(Database.pageBytes);
    this.pages.push(page);
    const number = this.pages.length;
    const here = bytes.copy(page, 4);
    if (here < bytes.length) page.writeUInt32BE(this.addChain(bytes.subarray(here)), 0);
    return number;
  }

  private addPage(type: number, cells: readonly Buffer[], last = 0): number {
    const page = Buffer.alloc(Database.pageBytes);
    const headBytes = type === 0x05 ? 12 : 8;
    page[0] = type;
    page.writeUInt16BE(cells.length, 3);
    if (type === 0x05) page.writeUInt32BE(last, 8);
    let end = page.length;
    cells.forEach((cell, index) => {
      end -= cell.length;
      cell.copy(page, end);
      page.writeUInt16BE(end, headBytes + 2 * index);
    });
    page.writeUInt16BE(end, 5);
    this.pages.push(page);
    return this.pages.length;
  }
}

const contents = (...layers: readonly (readonly [name: string, type: string])[]): Table => ({
  name: 'gpkg_contents',
  sql: 'CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL)',
  rows: layers,
});
const geometries = (...layers: readonly (readonly Value[])[]): Table => ({
  name: 'gpkg_geometry_columns',
  sql: 'CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, CONSTRAINT pk PRIMARY KEY (table_name, column_name))',
  rows: layers,
});
const references: Table = {
  name: 'gpkg_spatial_ref_sys',
  sql: 'CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER)',
  rows: [
    [null, 'EPSG', 4326],
    [null, 'EPSG', 25830],
  ],
};

/** A point in the head that GeoPackage has for it. */
function point(x: number, y: number, flags = 1, box = 0): Buffer {
  const bytes = Buffer.alloc(29 + box);
  bytes.write('GP');
  bytes[3] = flags;
  bytes[8 + box] = 1;
  bytes[9 + box] = 1;
  bytes.writeDoubleLE(x, 13 + box);
  bytes.writeDoubleLE(y, 21 + box);
  return bytes;
}

const describing = [contents(['t', 'features']), geometries(['t', 'g', 'POINT', 1]), references];
const made = (columns: string, ...rows: readonly (readonly Value[])[]): Buffer =>
  Database.of([...describing, { name: 't', sql: `CREATE TABLE "t" ( ${columns} )`, rows }]);

function pagesOf(bytes: Buffer): Promise<PageFile> {
  return PageFile.open({
    stat: async () => ({ size: bytes.length }),
    read: async (into, offset, length, position) => ({
      bytesRead: bytes.copy(into, offset, position, position + length),
    }),
  });
}

async function open(bytes: Buffer): Promise<GeopackageReader> {
  const pages = await pagesOf(bytes);
  const [layer] = await readLayers(pages);
  // Damage can leave none.
  if (layer === undefined) throw new LeftToGdal();
  return GeopackageReader.open(pages, layer, [], async () => undefined);
}

async function rowsOf(reader: GeopackageReader): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const geometry = reader.geometry?.column;
  await reader.read(
    {
      field: (bytes, start, end, quoted) => {
        const isGeometry = row.length === geometry;
        const isNothing = start === end && !quoted;
        row.push(isNothing ? null : bytes.toString(isGeometry ? 'hex' : 'utf8', start, end));
      },
      endRow: () => {
        rows.push(row);
        row = [];
      },
      abandonRow: () => (row = []),
      rejectRow: () => (row = []),
    },
    async () => undefined,
  );
  return rows;
}

const key = 'id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "g" POINT';
const wkb = (x: number, y: number): string => point(x, y).toString('hex', 8);

describe('values of a GeoPackage become fields', () => {
  it.each<[string, Value, string | null, string]>([
    ['TEXT', 'Łódź', 'Łódź', 'text'],
    ['TEXT(20)', '', '', 'text'],
    ['TEXT', 'a\0b', 'a', 'text'],
    ['TEXT', null, null, 'text'],
    ['MEDIUMINT', -7, '-7', 'integer'],
    ['INTEGER', 12_345_678_901n, '12345678901', 'bigint'],
    ['INTEGER', -9_223_372_036_854_775_808n, '-9223372036854775808', 'bigint'],
    ['INTEGER', 1.5, '1.5', 'bigint'],
    ['REAL', 0.1, '0.1', 'double precision'],
    ['DOUBLE', 0.1 + 0.2, '0.30000000000000004', 'double precision'],
    ['REAL', 2, '2', 'double precision'],
    ['BOOLEAN', 1, 'true', 'boolean'],
    ['BOOLEAN', 0, 'false', 'boolean'],
    ['BOOLEAN', 2, '2', 'boolean'],
    ['DATE', '2013-04-27', '2013-04-27', 'date'],
    ['DATETIME', '2013-04-27T10:11:12.000Z', '2013-04-27T10:11:12.000Z', 'timestamp with time zone'],
    ['DATETIME', '2013-04-27T10:11:12', '2013-04-27T10:11:12', 'timestamp without time zone'],
    ['BLOB', Buffer.from([1, 255]), '\\x01ff', 'text'],
    ['TEXT', 'x'.repeat(477), 'x'.repeat(477), 'text'],
    ['TEXT', 'x'.repeat(5_000), 'x'.repeat(5_000), 'text'],
  ])('%s: %p', async (type, value, expected, declared) => {
    const reader = await open(made(`${key}, v ${type}, z TEXT`, [null, point(1, 2), value, 'z']));
    expect(reader.columns).toEqual([
      { header: null, type: null },
      { header: 'v', type: declared },
      { header: 'z', type: 'text' },
    ]);
    expect(await rowsOf(reader)).toEqual([[wkb(1, 2), expected, 'z']]);
  });

  it('in the order of the rows, over as many pages as there are', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => [null, point(n, 1), n, 'x'.repeat(n % 600)]);
    const reader = await open(made(`${key}, n INT, s TEXT`, ...rows));
    expect(await rowsOf(reader)).toEqual(rows.map(([, , n, s]) => [wkb(n as number, 1), String(n), s]));
  });

  it.each<[string, Value, string | null]>([
    ['none', null, null],
    ['with a box', point(1, 2, 3, 32), wkb(1, 2)],
    ['empty', point(NaN, NaN, 0x11), null],
  ])('and geometries %s', async (_what, geometry, expected) => {
    expect(await rowsOf(await open(made(key, [null, geometry])))).toEqual([[expected]]);
  });

  it('and nothing for a column that is younger than the row', async () => {
    expect(await rowsOf(await open(made(`${key}, v TEXT`, [null, null])))).toEqual([[null, null]]);
  });
});

describe('tables are found by the statements that made them', () => {
  it.each<[string, Partial<GeopackageLayer['table']> | null]>([
    ['CREATE TABLE "t" ("a b" TEXT, [c,d] REAL)', { key: null, hasOtherKey: false }],
    ['CREATE TABLE IF NOT EXISTS t (a INTEGER, PRIMARY KEY(a))', { key: 0 }],
    ['CREATE TABLE t (a INT PRIMARY KEY)', { key: null, hasOtherKey: true }],
    ['CREATE TABLE t (a INTEGER PRIMARY KEY DESC)', { hasOtherKey: true }],
    ['CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY(a, b))', { hasOtherKey: true }],
    ["CREATE TABLE t (a TEXT(3) /* , x */ DEFAULT ',' -- )\n, CHECK (a <> ')'))", { hasOtherKey: false }],
    ['CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID', null],
    ['CREATE TABLE t (a INTEGER, b AS (a + 1))', null],
    ['CREATE VIRTUAL TABLE t USING rtree(a, b, c)', null],
    ['CREATE TABLE t AS SELECT 1', null],
    ['CREATE TABLE t (a', null],
    ['', null],
  ])('%s', async (sql, expected) => {
    const bytes = Database.of([contents(['t', 'attributes']), references, { name: 't', sql, rows: [] }]);
    const layers = pagesOf(bytes).then(readLayers);
    if (expected === null || expected.hasOtherKey === true) await expect(layers).rejects.toBeInstanceOf(LeftToGdal);
    else expect((await layers)[0]!.table).toMatchObject(expected);
  }); // prettier-ignore
});

describe('is left to GDAL', () => {
  const table = (name: string, type = 'table'): Table => ({
    name,
    sql: 'CREATE TABLE x (a TEXT)',
    rows: [],
    type,
  });
  it.each<[string, () => Buffer]>([
    ['a view', () => Database.of([...describing, table('v', 'view'), table('t')])],
    ['a table that is no layer', () => Database.of([...describing, table('t'), table('u')])],
    ['a layer without table', () => Database.of(describing)],
    ['a type that is none', () => made(`${key}, v MONEY`, [null, null, 'x'])],
    ['a curve', () => made(key, [null, Buffer.concat([point(1, 2).subarray(0, 9), Buffer.from([8, 0, 0, 0])])])],
    ['an extension', () => made(key, [null, point(1, 2, 0x21)])],
    ['a default of rows that are older', () => made(`${key}, v TEXT DEFAULT 'x'`, [null, null])],
  ])('%s', async (_what, make) => {
    const reading = open(make()).then(rowsOf);
    await expect(reading).rejects.toBeInstanceOf(LeftToGdal);
  }); // prettier-ignore
});

describe('a damaged GeoPackage', () => {
  const rows = Array.from({ length: 40 }, (_, n) => [null, point(n, 1), n, 'x'.repeat(n * 40)]);
  const whole = made(`${key}, n INT, s TEXT`, ...rows);

  it('that lost its end is refused', async () => {
    await expect(open(whole.subarray(0, -512))).rejects.toMatchObject({
      code: 'file-unreadable',
      detail: 'it looks like a GeoPackage; it ends early',
    });
  });

  it('whose pages lead in a circle is refused', async () => {
    const pages = await pagesOf(whole);
    const [layer] = await readLayers(pages);
    const circle = Buffer.from(whole);
    // The first page below the table's own is that page itself.
    const at = (layer!.root - 1) * 512;
    circle.writeUInt32BE(layer!.root, at + circle.readUInt16BE(at + 12));
    await expect(open(circle).then(rowsOf)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('ends with rows or with a reason', async () => {
    let state = 42;
    const random = (below: number): number =>
      Math.floor(((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32) * below);
    const outcomes = new Set<string>();
    for (let n = 0; n < 1_500; n++) {
      const damaged = Buffer.from(whole);
      // Half of them where the pages are described rather than in the texts.
      for (let flips = 1 + random(3); flips > 0; flips--) {
        const at = random(2) === 0 ? random(damaged.length) : random(damaged.length / 512) * 512 + random(40);
        damaged[at] = random(3) === 0 ? 0xff : random(256);
      }
      outcomes.add(await outcomeOf(random(10) === 0 ? damaged.subarray(0, random(damaged.length)) : damaged));
    }
    expect([...outcomes].sort()).toEqual(['file-unreadable', 'left to GDAL', 'rows']);
  });
});

async function outcomeOf(bytes: Buffer): Promise<string> {
  try {
    await rowsOf(await open(bytes));
    return 'rows';
  } catch (error) {
    if (error instanceof LeftToGdal) return 'left to GDAL';
    return error instanceof SyncError ? error.code : `other: ${String(error)}`;
  }
}
