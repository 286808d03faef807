import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import { openFile } from '../open-file.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { readDbfHeader } from './read-dbf-header.js';
import { readShapeIndex } from './read-shape-index.js';
import { ShapefileReader } from './shapefile-reader.js';

type Position = readonly number[];

/** A shape of a .shp file: its kind, what stands before its parts, and whatever is behind its positions. */
function shape(kind: number, parts: readonly (readonly Position[])[], behind = 0): Buffer {
  if (kind === 0) return Buffer.alloc(4);
  const positions = parts.flat();
  const hasParts = kind % 10 === 3 || kind % 10 === 5;
  const isPoint = kind % 10 === 1;
  const beginning = Buffer.alloc(isPoint ? 4 : hasParts ? 44 + 4 * parts.length : 40);
  beginning.writeInt32LE(kind, 0);
  if (!isPoint) {
    if (hasParts) beginning.writeInt32LE(parts.length, 36);
    beginning.writeInt32LE(positions.length, hasParts ? 40 : 36);
    let before = 0;
    parts.forEach((part, n) => {
      if (hasParts) beginning.writeInt32LE(before, 44 + 4 * n);
      before += part.length;
    });
  }
  const doubles = Buffer.alloc(16 * positions.length);
  positions.forEach(([x, y], n) => {
    doubles.writeDoubleLE(x!, 16 * n);
    doubles.writeDoubleLE(y!, 16 * n + 8);
  });
  return Buffer.concat([beginning, doubles, Buffer.alloc(behind, 1)]);
}

function header(kind: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(100);
  buffer.writeInt32BE(9_994, 0);
  buffer.writeInt32BE((100 + bytes) / 2, 24);
  buffer.writeInt32LE(1_000, 28);
  buffer.writeInt32LE(kind, 32);
  return buffer;
}

function makeShp(kind: number, shapes: readonly Buffer[]): { shp: Buffer; shx: Buffer } {
  const entries: Buffer[] = [];
  let at = 100;
  const records = shapes.map((content, n) => {
    const head = Buffer.alloc(8);
    head.writeInt32BE(n + 1, 0);
    head.writeInt32BE(content.length / 2, 4);
    const entry = Buffer.alloc(8);
    entry.writeInt32BE(at / 2, 0);
    entry.writeInt32BE(content.length / 2, 4);
    entries.push(entry);
    at += 8 + content.length;
    return Buffer.concat([head, content]);
  });
  return {
    shp: Buffer.concat([header(kind, at - 100), ...records]),
    shx: Buffer.concat([header(kind, 8 * entries.length), ...entries]),
  };
}

type Field = readonly [name: string, type: string, length: number, decimals?: number];

function makeDbf(
  fields: readonly Field[],
  records: readonly (readonly (string | Buffer)[] | null)[],
): Buffer {
  const recordBytes = 1 + fields.reduce((sum, [, , length]) => sum + length, 0);
  const head = Buffer.alloc(32);
  head[0] = 3;
  head.writeUInt32LE(records.length, 4);
  head.writeUInt16LE(33 + 32 * fields.length, 8);
  head.writeUInt16LE(recordBytes, 10);
  const descriptors = fields.map(([name, type, length, decimals = 0]) => {
    const descriptor = Buffer.alloc(32);
    descriptor.write(name, 0, 'utf8');
    descriptor.write(type, 11, 'latin1');
    descriptor[16] = length;
    descriptor[17] = decimals;
    return descriptor;
  });
  const rows = records.map((values) => {
    const row = Buffer.alloc(recordBytes, ' ');
    if (values === null) row[0] = 0x2a;
    let at = 1;
    fields.forEach(([, , length], n) => {
      const value = values?.[n] ?? '';
      if (typeof value === 'string') row.write(value, at, length, 'utf8');
      else value.copy(row, at, 0, length);
      at += length;
    });
    return row;
  });
  return Buffer.concat([head, ...descriptors, Buffer.from('\r'), ...rows, Buffer.from('\x1a')]);
}

/** A file that comes in pieces of some bytes. */
function fileOf(bytes: Buffer, pieceBytes = 61): Promise<OpenableFile> {
  return openFile(async () =>
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
  );
}

interface Made {
  readonly shp: Buffer;
  readonly shx?: Buffer;
  readonly dbf: Buffer;
  readonly encoding?: string;
}

async function open({ shp, shx, dbf, encoding = 'utf-8' }: Made): Promise<TableReader> {
  const index = shx === undefined ? null : await readShapeIndex(await (await fileOf(shx)).open());
  if (shx !== undefined && index === null) throw new LeftToGdal();
  return new ShapefileReader({
    shapes: await fileOf(shp),
    table: await fileOf(dbf),
    header: readDbfHeader(dbf),
    encoding,
    index,
  });
}

async function rowsOf(reader: TableReader): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const geometry = reader.geometry?.column;
  await reader.read(
    {
      field: (bytes, start, end) => {
        const isGeometry = row.length === geometry;
        row.push(start === end ? null : bytes.toString(isGeometry ? 'hex' : 'utf8', start, end));
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

/** A geometry as WKT, from the EWKB that the reader writes. */
function wktOf(hex: string | null): string | null {
  if (hex === null) return null;
  const bytes = Buffer.from(hex, 'hex');
  let at = 0;
  const count = (): number => bytes.readUInt32LE((at += 4) - 4);
  const position = (): string => `${bytes.readDoubleLE((at += 8) - 8)} ${bytes.readDoubleLE((at += 8) - 8)}`;
  const list = (of: () => string): string => `(${Array.from({ length: count() }, of).join(',')})`;
  const body = (kind: number): string =>
    [(): string => `(${position()})`, () => list(position), () => list(() => list(position))][kind - 1]?.() ??
    list(() => body(kindAt()));
  const kindAt = (): number => {
    const type = bytes.readUInt32LE(at + 1);
    at += (type & 0x20000000) === 0 ? 5 : 9;
    return type & 0xff;
  };
  const kind = kindAt();
  return `${['', 'P', 'L', 'A', 'MP', 'ML', 'MA'][kind]}${body(kind)}`;
}

/** A square that turns right, as outlines do. */
const outline = (x: number, y: number, size: number): Position[] => [
  [x, y],
  [x, y + size],
  [x + size, y + size],
  [x + size, y],
  [x, y],
];
const hole = (x: number, y: number, size: number): Position[] => outline(x, y, size).reverse();
const text = (positions: readonly Position[]): string => `(${positions.map((p) => p.join(' ')).join(',')})`;

const oneColumn: readonly Field[] = [['n', 'N', 4]];

describe('shapes become geometries', () => {
  const big = outline(0, 0, 10);
  it.each<[string, number, Buffer, string | null]>([
    ['no shape', 1, shape(0, []), null],
    ['a point', 1, shape(1, [[[1, 2]]]), 'P(1 2)'],
    ['a point with Z and M', 11, shape(11, [[[1, 2]]], 16), 'P(1 2)'],
    ['a point with M', 21, shape(21, [[[1, 2]]], 8), 'P(1 2)'],
    ['several points', 8, shape(8, [[[1, 2], [3, 4]]]), 'MP((1 2),(3 4))'],
    ['several points of which there are none', 8, shape(8, [[]]), null],
    ['a line', 3, shape(3, [[[1, 2], [3, 4]]]), 'L(1 2,3 4)'],
    ['a line with Z', 13, shape(13, [[[1, 2], [3, 4]]], 32), 'L(1 2,3 4)'],
    ['lines', 3, shape(3, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), 'ML((1 2,3 4),(5 6,7 8))'],
    ['a line and what is none', 3, shape(3, [[[1, 2], [3, 4]], [[5, 6]], []]), 'L(1 2,3 4)'],
    ['a polygon', 5, shape(5, [big]), `A(${text(big)})`],
    ['a polygon that turns left', 5, shape(5, [hole(0, 0, 10)]), `A(${text(hole(0, 0, 10))})`],
    ['a hole before its outline', 5, shape(5, [hole(1, 1, 2), big]), `A(${text(big)},${text(hole(1, 1, 2))})`],
    ['polygons', 15, shape(15, [big, outline(20, 0, 5)]), `MA((${text(big)}),(${text(outline(20, 0, 5))}))`],
    [
      'an island in a lake, with a pond',
      5,
      shape(5, [big, hole(1, 1, 8), outline(2, 2, 4), hole(3, 3, 1)]),
      `MA((${text(big)},${text(hole(1, 1, 8))}),(${text(outline(2, 2, 4))},${text(hole(3, 3, 1))}))`,
    ],
    [
      'rings that all turn left',
      5,
      shape(5, [hole(0, 0, 10), hole(1, 1, 8), hole(2, 2, 2)]),
      `MA((${text(hole(0, 0, 10))},${text(hole(1, 1, 8))}),(${text(hole(2, 2, 2))}))`,
    ],
    [
      'a hole that touches its outline, beside another',
      5,
      shape(5, [big, outline(0, 0, 30), hole(0, 0, 5)]),
      `MA((${text(big)},${text(hole(0, 0, 5))}),(${text(outline(0, 0, 30))}))`,
    ],
    ['a ring that encloses nothing', 5, shape(5, [big, [[1, 1], [2, 2], [1, 1]]]), `A(${text(big)})`],
  ])('%s', async (_what, kind, content, wkt) => {
    const shp = makeShp(kind, [content, shape(0, [])]);
    const reader = await open({ ...shp, dbf: makeDbf(oneColumn, [['1'], ['2']]) });
    const rows = await rowsOf(reader);
    expect(rows.map(([geometry, n]) => [wktOf(geometry!), n])).toEqual([[wkt, '1'], [null, '2']]);
  }); // prettier-ignore

  it('without far too many rings in each other, which would take for ever', async () => {
    const rings = Array.from({ length: 40_000 }, (_, n) => hole(n, n, 100_000 - 2 * n));
    const shp = makeShp(5, [shape(5, rings)]);
    const reader = await open({ shp: shp.shp, dbf: makeDbf(oneColumn, [['1']]) });
    expect(await rowsOf(reader)).toHaveLength(1);
  });
});

const julian = (day: number, milliseconds: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(day, 0);
  bytes.writeInt32LE(milliseconds, 4);
  return bytes;
};
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

describe('values become fields', () => {
  it.each<[Field, string | Buffer, string | null, string]>([
    [['c', 'C', 10], 'Łódź', 'Łódź', 'text'],
    [['c', 'C', 10], '  a  b', 'a  b', 'text'],
    [['c', 'C', 10], '', null, 'text'],
    [['c', 'C', 10], 'ab\0cd', 'ab', 'text'],
    [['c', 'C', 4], 'abcŁ', 'abc', 'text'],
    [['c', 'C', 4], '007', '007', 'text'],
    [['n', 'N', 9], '00012', '12', 'integer'],
    [['n', 'N', 10], '12', '12', 'bigint'],
    [['n', 'N', 20], '12345678901234567890', '12345678901234567890', 'double precision'],
    [['n', 'N', 12, 3], '12.500', '12.5', 'double precision'],
    [['n', 'F', 24, 15], '1047.290000000000020', '1047.29', 'double precision'],
    [['n', 'F', 24, 17], '0.30000000000000004', '0.30000000000000004', 'double precision'],
    [['n', 'F', 20, 5], '1.50000e+003', '1500', 'double precision'],
    [['n', 'N', 9], '*********', null, 'integer'],
    [['n', 'N', 9], '', null, 'integer'],
    [['n', 'F', 9, 2], '-1.#IND', 'nan', 'double precision'],
    [['d', 'D', 8], '20130427', '2013-04-27', 'date'],
    [['d', 'D', 8], '00000000', null, 'date'],
    [['d', 'D', 8], '', null, 'date'],
    [['d', 'D', 8], '27.04.13', '27.04.13', 'date'],
    [['l', 'L', 1], 'T', 'true', 'boolean'],
    [['l', 'L', 1], 'n', 'false', 'boolean'],
    [['l', 'L', 1], '?', null, 'boolean'],
    [['i', 'I', 4], Buffer.from([0xfe, 0xff, 0xff, 0xff]), '-2', 'integer'],
    [['o', 'O', 8], double(-0.1), '-0.1', 'double precision'],
    [['b', 'B', 8], double(2), '2', 'double precision'],
    [['y', 'Y', 8], Buffer.from([0xcf, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), '-1.4385', 'numeric'],
    [['t', 'T', 8], julian(2_456_410, 36_672_500), '2013-04-27T10:11:12.500', 'timestamp without time zone'],
    [['t', '@', 8], julian(0, 0), null, 'timestamp without time zone'],
    [['m', 'M', 10], '         7', null, 'text'],
  ])('%j of %j', async (field, value, expected, type) => {
    const reader = await open({ ...makeShp(1, [shape(1, [[[1, 2]]])]), dbf: makeDbf([field, ['z', 'C', 1]], [[value, 'z']]) });
    expect(reader.columns[1]).toEqual({ header: field[0], type });
    expect((await rowsOf(reader))[0]!.slice(1)).toEqual([expected, 'z']);
  }); // prettier-ignore

  it('of texts in other encodings, even where the last character was cut off', async () => {
    const field: readonly Field[] = [['c', 'C', 5]];
    const shp = makeShp(1, [shape(1, [[[1, 2]]])]);
    const of = async (value: Buffer, encoding: string): Promise<unknown> =>
      (await rowsOf(await open({ ...shp, encoding, dbf: makeDbf(field, [[value]]) })))[0]![1];
    expect(await of(Buffer.from([0xcc, 0xee, 0xf1]), 'windows-1251')).toBe('Мос');
    expect(await of(Buffer.from([0x93, 0x8c, 0x8b, 0x9e, 0x93]), 'Shift_JIS')).toBe('東京');
    await expect(of(Buffer.from([0x61, 0xff, 0x61]), 'utf-8')).rejects.toMatchObject({
      code: 'text-encoding-invalid',
      detail: 'row 1 of the .dbf, column c: it is no utf-8',
    });
  });

  it('without the rows that are marked as deleted', async () => {
    const shp = makeShp(1, [1, 2, 3].map((x) => shape(1, [[[x, x]]])));
    const reader = await open({ ...shp, dbf: makeDbf(oneColumn, [['1'], null, ['3']]) });
    expect((await rowsOf(reader)).map(([, n]) => n)).toEqual(['1', '3']);
  }); // prettier-ignore
});

describe('a shapefile of which something is wrong', () => {
  const points = makeShp(1, [1, 2, 3].map((x) => shape(1, [[[x, x]]]))); // prettier-ignore
  const dbf = makeDbf(oneColumn, [['1'], ['2'], ['3']]);
  const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    change(copy);
    return copy;
  };

  it.each<[string, Made, string]>([
    ['more shapes than rows', { ...points, dbf: makeDbf(oneColumn, [['1'], ['2']]).subarray(0, -1) }, 'the .dbf ends behind row 2, and the .shp goes on'],
    ['more rows than shapes', { ...points, dbf: makeDbf(oneColumn, [['1'], ['2'], ['3'], ['4']]) }, 'the .shp ends behind shape 3, and the .dbf goes on'],
    ['a .shp that lost its end', { ...points, shp: points.shp.subarray(0, -10), dbf }, 'the .shp ends within shape 3'],
    ['a .shp that lost its end, without index', { shp: points.shp.subarray(0, -28), dbf }, 'the .shp ends behind shape 2'],
    ['a shape of another length', { shp: changed(points.shp, (copy) => copy.writeInt32BE(2 ** 30, 104)), dbf }, 'shape 1 is longer than 256 MiB'],
    ['a shape of an unknown kind', { ...points, shp: changed(points.shp, (copy) => copy.writeInt32LE(77, 108)), dbf }, 'shape 1 is damaged'],
    ['more parts than there is room for', { dbf, shp: makeShp(5, [changed(shape(5, [outline(0, 0, 1)]), (copy) => copy.writeInt32LE(2 ** 29, 36))]).shp }, 'shape 1 is damaged'],
    ['parts in no order', { dbf, shp: makeShp(5, [changed(shape(5, [outline(0, 0, 1), outline(2, 2, 1)]), (copy) => copy.writeInt32LE(9, 44))]).shp }, 'shape 1 is damaged'],
  ])('%s', async (_what, made, detail) => {
    await expect(open(made).then(rowsOf)).rejects.toMatchObject({
      code: 'file-unreadable',
      detail: expect.stringContaining(detail) as unknown,
    });
  }); // prettier-ignore

  it.each<[string, Made]>([
    ['shapes that were changed in place', { ...points, shx: changed(points.shx, (copy) => copy.writeInt32BE(92, 108)), dbf }],
    ['surfaces', { ...makeShp(31, [shape(0, [])]), dbf }],
  ])('is left to GDAL: %s', async (_what, made) => {
    await expect(open(made).then(rowsOf)).rejects.toBeInstanceOf(LeftToGdal);
  }); // prettier-ignore

  it('is read, whatever its headers say of how much there is', async () => {
    const counts = (copy: Buffer): unknown => copy.writeUInt32LE(4_000_000_000, 4);
    const reader = await open({ shp: points.shp, dbf: changed(dbf, counts) });
    expect(await rowsOf(reader)).toHaveLength(3);
  });
});

describe('a shapefile with damaged bytes', () => {
  const corpora: readonly (readonly [string, Made])[] = [
    ['points', { ...makeShp(1, [1, 2, 3, 4].map((x) => shape(1, [[[x, x]]]))), dbf: makeDbf([['c', 'C', 9], ['n', 'N', 9, 2]], [['a', '1.5'], ['Łódź', '2'], null, ['c', '']]) }],
    ['lines', { ...makeShp(13, [shape(13, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 64), shape(0, [])]), dbf: makeDbf([['d', 'D', 8], ['l', 'L', 1]], [['20130427', 'T'], ['', '?']]) }],
    ['polygons', { ...makeShp(5, [shape(5, [outline(0, 0, 10), hole(1, 1, 2), outline(20, 20, 5)]), shape(5, [hole(0, 0, 4)])]), dbf: makeDbf([['t', 'T', 8], ['i', 'I', 4]], [[julian(1, 2), Buffer.alloc(4)], [julian(0, 0), Buffer.alloc(4)]]) }],
    ['several points', { shp: makeShp(8, [shape(8, [[[1, 2], [3, 4]]])]).shp, dbf: makeDbf(oneColumn, [['1']]) }],
  ]; // prettier-ignore

  it.each(corpora)('ends with rows or with a reason: %s', async (_what, made) => {
    let state = 42;
    const random = (below: number): number =>
      Math.floor((((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32) * below));
    const outcomes = new Set<string>();
    for (let n = 0; n < 1_500; n++) {
      const parts = { shp: Buffer.from(made.shp), dbf: Buffer.from(made.dbf), ...(made.shx && { shx: Buffer.from(made.shx) }) };
      const key = (['shp', 'dbf', made.shx ? 'shx' : 'shp'] as const)[random(3)]!;
      const bytes = parts[key]!;
      if (random(4) === 0) parts[key] = bytes.subarray(0, random(bytes.length));
      else for (let flips = 1 + random(3); flips > 0; flips--) bytes[random(bytes.length)] = random(3) === 0 ? 0xff : random(256);
      outcomes.add(await outcomeOf(parts));
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['rows', 'file-unreadable']));
    expect([...outcomes].filter((outcome) => outcome.startsWith('other'))).toEqual([]);
  }); // prettier-ignore
});

async function outcomeOf(made: Made): Promise<string> {
  try {
    // The beginning of a .shp is what a shapefile is recognised by.
    if (made.shp.length < 100) return 'file-unreadable';
    await rowsOf(await open(made));
    return 'rows';
  } catch (error) {
    if (error instanceof LeftToGdal) return 'left to GDAL';
    return error instanceof SyncError ? error.code : `other: ${String(error)}`;
  }
}
