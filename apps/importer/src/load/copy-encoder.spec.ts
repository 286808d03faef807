import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { type ColumnType, typeBit } from '../columns/column-type.js';
import { knownMarks, knownPossible } from '../columns/known-type.js';
import { noEvidence, type TypeEvidence } from '../columns/type-evidence.js';
import { PlaceEvidence } from '../geometry/place-evidence.js';
import { CopyEncoder, type LoadPlan } from './copy-encoder.js';
import { decideTypes } from './plan-load.js';

/** Evidence that leaves the columns these types, and text open. */
function evidenceOf(types: readonly ColumnType[]): TypeEvidence {
  const evidence = noEvidence(types.length);
  types.forEach((type, column) => {
    if (type === 'text') return;
    evidence.possible[column] = knownPossible[type];
    evidence.seen[column] = knownMarks[type];
  });
  return evidence;
}

function planOf(types: readonly ColumnType[], overrides: Partial<LoadPlan> = {}): LoadPlan {
  return {
    types,
    evidence: evidenceOf(types),
    place: { from: 'nowhere' },
    key: null,
    quotedTexts: new Uint8Array(types.length),
    ...overrides,
  };
}

/** Feeds rows; a value in quotes is quoted. */
function feed(encoder: CopyEncoder, rows: readonly (readonly string[])[], firstLine = 2): void {
  rows.forEach((row, index) => {
    for (const value of row) {
      const quoted = value.startsWith('"');
      const bytes = Buffer.from(quoted ? `,${value.slice(1, -1)},` : `,${value},`);
      encoder.field(bytes, 1, bytes.length - 1, quoted);
    }
    encoder.endRow(firstLine + index);
  });
}

/** The rows of a finished binary COPY, with each field's bytes. */
function decode(encoder: CopyEncoder): (Buffer | null)[][] {
  const bytes = Buffer.concat(encoder.takePieces(true));
  expect(bytes.subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0');
  const rows: (Buffer | null)[][] = [];
  let at = 19;
  for (;;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    if (fields === -1) break;
    const row: (Buffer | null)[] = [];
    for (let field = 0; field < fields; field++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length === -1 ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
    rows.push(row);
  }
  expect(at).toBe(bytes.length);
  return rows;
}

const hexOf = (fields: (Buffer | null)[]): (string | null)[] =>
  fields.map((field) => field?.toString('hex') ?? null);

describe('CopyEncoder', () => {
  it('numbers the rows from 1 and writes the fields in order', () => {
    const encoder = new CopyEncoder(planOf(['text', 'integer']));
    feed(encoder, [
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(decode(encoder).map(hexOf)).toEqual([
      ['0000000000000001', '61', '00000001'],
      ['0000000000000002', '62', '00000002'],
    ]);
    expect(encoder.rows).toBe(2);
  });

  it.each<[ColumnType, string, string | null]>([
    ['text', 'ä€', 'c3a4e282ac'],
    ['text', ' a ', '206120'],
    ['text', '', null],
    ['text', '""', ''],
    ['integer', '-2', 'fffffffe'],
    ['integer', ' 2147483647 ', '7fffffff'],
    ['integer', '"3"', '00000003'],
    ['integer', '  ', null],
    ['integer', '""', null],
    ['bigint', '1', '0000000000000001'],
    ['bigint', '-1', 'ffffffffffffffff'],
    ['bigint', '-4294967296', 'ffffffff00000000'],
    ['bigint', '-4294967297', 'fffffffeffffffff'],
    ['bigint', '999999999999999', '00038d7ea4c67fff'],
    ['bigint', '-999999999999999', 'fffc72815b398001'],
    ['bigint', '9223372036854775807', '7fffffffffffffff'],
    ['bigint', '-9223372036854775808', '8000000000000000'],
    ['double precision', '1.5', '3ff8000000000000'],
    ['double precision', '2', '4000000000000000'],
    ['double precision', '-0', '8000000000000000'],
    ['double precision', '9007199254740992', '4340000000000000'],
    ['double precision', 'NaN', '7ff8000000000000'],
    ['double precision', '-inf', 'fff0000000000000'],
    ['numeric', '0.1234567890123456789', '0005ffff0000001304d2162e23340d801ed2'],
    ['numeric', '-12345678901234567890', '000500044000000004d2162e23340d801ed2'],
    ['numeric', '0', '0000000000000000'],
    ['numeric', '1.50', '000200000000000200011388'],
    ['numeric', '1.5e-7', '0001fffe00000008000f'],
    ['numeric', '1.5e+7', '000100010000000005dc'],
    ['numeric', 'nan', '00000000c0000000'],
    ['time without time zone', '10:11', '00000008891b3500'],
    ['date', '2000-01-02', '00000001'],
    ['date', '1999-12-31', 'ffffffff'],
    ['timestamp without time zone', '2000-01-01 00:00:01', '00000000000f4240'],
    ['timestamp without time zone', '1999-12-31 23:59:59.999999', 'ffffffffffffffff'],
    ['timestamp without time zone', '2000-01-02', '000000141dd76000'],
    ['timestamp with time zone', '2000-01-01T01:00:00+01', '0000000000000000'],
    ['timestamp with time zone', '9999-12-31T23:59:59Z', '0380e70b912c3dc0'],
  ])('encodes for %s the value %j', (type, value, hex) => {
    const encoder = new CopyEncoder(planOf([type]));
    feed(encoder, [[value]]);
    expect(hexOf(decode(encoder)[0]!)[1]).toBe(hex);
    expect(encoder.disproved).toBe(false);
  });

  it('encodes the words of the pair that a boolean column has', () => {
    const plan = planOf(['boolean']);
    plan.evidence.possible[0] = typeBit.yesNo;
    const encoder = new CopyEncoder(plan);
    feed(encoder, [['yes'], ['NO'], ['']]);
    expect(decode(encoder).map((row) => hexOf(row)[1])).toEqual(['01', '00', null]);
    feed(new CopyEncoder(plan), []);
    const other = new CopyEncoder(plan);
    feed(other, [['true']]);
    expect(other.disproved).toBe(true);
  });

  it.each<[ColumnType, string, ColumnType]>([
    ['integer', '2147483648', 'bigint'],
    ['integer', '1.5', 'double precision'],
    ['integer', '-0', 'double precision'],
    ['integer', 'x', 'text'],
    ['integer', '007', 'text'],
    ['bigint', '0.5', 'double precision'],
    ['bigint', '9223372036854775808', 'text'],
    ['double precision', '9007199254740993', 'numeric'],
    ['double precision', '0.1234567890123456789', 'numeric'],
    ['numeric', 'inf', 'text'],
    ['time without time zone', '24:00', 'text'],
    ['integer', '1,234,567', 'integer'],
    ['integer', '1,234', 'text'],
    ['double precision', '1,234.5', 'double precision'],
    ['double precision', '1,5', 'double precision'],
    ['integer', '$5', 'integer'],
    ['date', '31/12/2024', 'date'],
    ['date', '31/12/2024 10:00', 'timestamp without time zone'],
    ['date', '01/12/2024', 'text'],
    ['double precision', `0.${'1'.repeat(39)}`, 'text'],
    ['date', '2020-01-01 10:00', 'timestamp without time zone'],
    ['date', '2020-02-30', 'text'],
    ['timestamp without time zone', '2020-01-01 10:00Z', 'text'],
    ['timestamp with time zone', '2020-01-01 10:00', 'text'],
  ])('widens %s by %s to %s and names the line', (type, value, wider) => {
    const plan = planOf([type]);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [[''], [value], ['']]);
    expect(encoder.disproved).toBe(true);
    expect(decideTypes(plan.evidence)).toEqual([wider]);
    expect(Array.from(encoder.disprovedLines)).toEqual([3]);
  });

  it('remembers that a column holds a number that a double cannot hold', () => {
    const plan = planOf(['bigint']);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [['9007199254740993'], ['0.5']]);
    expect(decideTypes(plan.evidence)).toEqual(['numeric']);
  });

  it('goes on observing a column whose type was disproved', () => {
    const plan = planOf(['integer']);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [['1'], ['1.5'], ['2'], ['x']]);
    expect(decideTypes(plan.evidence)).toEqual(['text']);
    expect(Array.from(encoder.disprovedLines)).toEqual([3]);
  });

  it.each<[string, (encoder: CopyEncoder) => void]>([
    ['is too long', (encoder) => feed(encoder, [['x', '2', 'z']], 5)],
    [
      'is rejected',
      (encoder) => {
        encoder.field(Buffer.from('x'), 0, 1, false);
        encoder.rejectRow(5, 'text-after-quote', Buffer.alloc(0), 0, 0);
      },
    ],
    [
      'is read again',
      (encoder) => {
        encoder.field(Buffer.from('x'), 0, 1, false);
        encoder.abandonRow();
      },
    ],
  ])('has nothing disproved by a row that %s', (_name, spoil) => {
    const plan = planOf(['integer', 'integer']);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [['1', '1']]);
    spoil(encoder);
    feed(encoder, [['2', '2']], 6);
    expect(encoder.disproved).toBe(false);
    expect(decideTypes(plan.evidence)).toEqual(['integer', 'integer']);
    expect(decode(encoder).map((row) => hexOf(row).slice(1))).toEqual([
      ['00000001', '00000001'],
      ['00000002', '00000002'],
    ]);
  });

  it('names for each column the first line that disproved it, also once nothing is encoded any more', () => {
    const plan = planOf(['integer', 'bigint', 'integer', 'text']);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [
      ['1', '9007199254740993', '1', ''],
      ['0.5', '1', '1', '2'],
      ['1', '1', 'NA', ''],
      ['1', '0.5', '1', '3'],
      ['x', '1', '2147483648', ''],
    ]);
    expect(decideTypes(plan.evidence)).toEqual(['text', 'numeric', 'bigint', 'integer']);
    expect(Array.from(encoder.disprovedLines)).toEqual([3, 5, 6, 0]);
    expect(encoder.rows).toBe(5);
  });

  it('finds out the type of a column that was empty so far', () => {
    const plan = planOf(['text']);
    const encoder = new CopyEncoder(plan);
    feed(encoder, [[''], ['5'], ['6']]);
    expect(encoder.disproved).toBe(false);
    expect(decideTypes(plan.evidence)).toEqual(['integer']);
  });

  it('forgets a row that is abandoned, also at the border of a piece', () => {
    const encoder = new CopyEncoder(planOf(['text', 'integer']));
    const big = 'x'.repeat(300_000);
    feed(encoder, [['a', '1']]);
    encoder.field(Buffer.from(big), 0, big.length, false);
    encoder.abandonRow();
    feed(encoder, [
      [big, '2'],
      ['c', '3'],
    ]);
    expect(
      decode(encoder).map((row) => [row[0]!.readBigInt64BE(), row[1]!.length, row[2]!.readInt32BE()]),
    ).toEqual([
      [1n, 1, 1],
      [2n, 300_000, 2],
      [3n, 1, 3],
    ]);
  });

  it('fills a row that is too short with nothing, and counts it', () => {
    const encoder = new CopyEncoder(planOf(['text', 'text', 'integer']));
    feed(encoder, [['a'], ['a', 'b', '1']]);
    expect(hexOf(decode(encoder)[0]!)).toEqual(['0000000000000001', '61', null, null]);
    expect(encoder.shortRows).toBe(1);
  });

  it('rejects a row with more fields, unless they are empty', () => {
    const encoder = new CopyEncoder(planOf(['text']));
    feed(encoder, [['a', '', ''], ['a', 'b'], ['c']], 17);
    expect(encoder.rejected).toMatchObject({
      count: 1,
      kept: [{ line: 18, reason: 'fields-too-many', content: '' }],
    });
    expect(decode(encoder).map(hexOf)).toEqual([
      ['0000000000000001', '61'],
      ['0000000000000002', '63'],
    ]);
  });

  it('counts a rejected row and goes on as if it were not there', () => {
    const encoder = new CopyEncoder(planOf(['integer']));
    feed(encoder, [['1']]);
    encoder.rejectRow(3, 'json-invalid', Buffer.from('<x>'), 1, 2);
    feed(encoder, [['2']], 4);
    expect(encoder.rejected.kept).toEqual([{ line: 3, reason: 'json-invalid', content: 'x' }]);
    expect(encoder.rows).toBe(2);
    expect(decode(encoder).map(hexOf)).toEqual([
      ['0000000000000001', '00000001'],
      ['0000000000000002', '00000002'],
    ]);
  });

  describe('with the key in the file', () => {
    const keyed = (quotedFieldsGuessing = true): CopyEncoder =>
      new CopyEncoder(
        planOf(['text', 'bigint'], {
          key: 1,
          quotedTexts: new Uint8Array(2).fill(quotedFieldsGuessing ? 0 : 1),
        }),
      );

    it('writes it in its place and no other key', () => {
      const encoder = keyed();
      feed(encoder, [
        ['a', '0'],
        ['b', ' 12 '],
        ['c', '9223372036854775807'],
      ]);
      expect(decode(encoder).map((row) => row[1]!.readBigInt64BE())).toEqual([0n, 12n, 9223372036854775807n]);
    });

    it('reads a key that is quoted when quoted fields are not to be guessed', () => {
      const encoder = keyed(false);
      feed(encoder, [['a', '"5"']]);
      expect(decode(encoder).map((row) => row[1]!.readBigInt64BE())).toEqual([5n]);
    });

    it.each([
      [['a', '']],
      [['a', '-1']],
      [['a', 'x']],
      [['a', '1.5']],
      [['a', '9223372036854775808']],
      [['a']],
    ])('refuses the row %j', (row) => {
      const encoder = keyed();
      feed(encoder, [['a', '1']]);
      expect(() => feed(encoder, [row], 9)).toThrow(
        new SyncError('cartodb-id-invalid', 'line 9 has no usable value'),
      );
    });
  });

  describe('with coordinates', () => {
    const located = (): CopyEncoder =>
      new CopyEncoder(
        planOf(['double precision', 'double precision'], {
          place: { from: 'point', longitude: 0, latitude: 1 },
        }),
      );

    it('writes both geometries after the columns', () => {
      const encoder = located();
      feed(encoder, [['-3.5', '40.25']]);
      const [row] = decode(encoder);
      expect(row).toHaveLength(5);
      expect(row![3]!.toString('hex')).toBe('0101000020e61000000000000000000cc00000000000204440');
      expect(row![4]!.subarray(0, 9).toString('hex')).toBe('0101000020110f0000');
      expect(encoder.placed.geometries).toBe(1);
    });

    it.each<[string, string[], number, number, [boolean, boolean]]>([
      ['no longitude', ['', '1'], 0, 0, [false, false]],
      ['no latitude', ['1'], 0, 0, [false, false]],
      ['a longitude out of range', ['180.5', '1'], 0, 1, [false, false]],
      ['a latitude out of range', ['1', '-91'], 0, 1, [false, false]],
      ['the north pole, which is on no map', ['1', '90'], 1, 0, [true, false]],
      ['a place near the south pole', ['1', '-89.5'], 1, 0, [true, false]],
      ['the edge of the map', ['180', '-89'], 1, 0, [true, true]],
    ])('knows %s', (_name, row, geometries, placesRefused, written) => {
      const encoder = located();
      feed(encoder, [row]);
      const fields = decode(encoder)[0]!;
      expect([fields[3] !== null, fields[4] !== null]).toEqual(written);
      expect(encoder.placed).toMatchObject({ geometries, placesRefused });
    });

    it('does not carry a coordinate over to the next row', () => {
      const encoder = located();
      feed(encoder, [
        ['1', '2'],
        ['3', ''],
      ]);
      expect(decode(encoder)[1]!.slice(3)).toEqual([null, null]);
    });
  });

  describe('with a column of geometries', () => {
    const header = (kind: string): string => `01${kind}000020e6100000`;
    const point = `${header('01')}000000000000f03f0000000000000040`;
    const placed = (place: LoadPlan['place']): { encoder: CopyEncoder; places: PlaceEvidence } => {
      const places = PlaceEvidence.ofAllColumns({
        headers: ['name', 'geom'],
        format: null,
        typeGuessing: true,
        contentGuessing: false,
      });
      return { encoder: new CopyEncoder(planOf(['text', 'text'], { place }), places), places };
    };
    const text = { from: 'text', column: 1, srids: [], multiPoints: false } as const;
    const rows = [['a', 'POINT(1 2)'], ['b', ''], ['c', 'x'], ['d', 'POINT(0 91)'], ['e']];

    it('writes them in its place, and nothing for what is none', () => {
      const { encoder, places } = placed(text);
      feed(encoder, rows);
      expect(decode(encoder).map((row) => hexOf(row)[2])).toEqual([point, null, null, null, null]);
      expect(encoder.placed.geometries).toBe(1);
      expect(places.geometries.find(({ candidate }) => candidate.column === 1)).toMatchObject({
        geometries: 1,
        empties: 2,
        unreadable: { count: 1, lines: [4] },
        notDegrees: { count: 1, lines: [5] },
      });
    });

    it('writes points as multi points, or with the reference system that they name, where the plan says so', () => {
      const multi = placed({ ...text, multiPoints: true }).encoder;
      feed(multi, [['a', 'POINT(1 2)']]);
      expect(hexOf(decode(multi)[0]!)[2]).toBe(`${header('04')}010000000101000000${point.slice(18)}`);
      const foreign = placed({ ...text, srids: [25830] }).encoder;
      feed(foreign, [['a', 'SRID=25830;POINT(1 2)']]);
      expect(hexOf(decode(foreign)[0]!)[2]).toBe(point.replace('e6100000', 'e6640000'));
    });

    it('counts none of a row that is abandoned or rejected', () => {
      const { encoder } = placed(text);
      for (const value of ['a', 'POINT(1 2)']) encoder.field(Buffer.from(value), 0, value.length, false);
      encoder.abandonRow();
      feed(encoder, [
        ['a', 'POINT(1 2)', 'x'],
        ['b', 'POINT(1 2)'],
      ]);
      expect(encoder).toMatchObject({ rows: 1, placed: { geometries: 1 } });
    });

    it('goes on observing them once a type is disproved', () => {
      const { places } = placed(text);
      const encoder = new CopyEncoder(planOf(['integer', 'text'], { place: text }), places);
      feed(encoder, [
        ['1', 'POINT(1 2)'],
        ['x', 'POINT(1 2)'],
        ['y', 'POINT(1 2)'],
      ]);
      expect(encoder.disproved).toBe(true);
      expect(places.plan({ isText: () => true, isNumber: () => false })).toEqual(text);
    });
  });

  it('writes the areas of countries, and gives up when they take more room than they may', () => {
    const places = PlaceEvidence.ofAllColumns({
      headers: ['country'],
      format: null,
      typeGuessing: true,
      contentGuessing: true,
    });
    const plan = planOf(['text'], { place: { from: 'country', column: 0, detail: 'fine' } });
    const encoder = new CopyEncoder(plan, places);
    feed(encoder, [['Spain'], ['x']]);
    const rows = decode(encoder);
    expect(rows[0]!.slice(2).map((field) => field!.toString('hex', 0, 9))).toEqual([
      '0106000020e6100000',
      '0106000020110f0000',
    ]);
    expect(rows[1]!.slice(2)).toEqual([null, null]);
    expect(encoder.placed.geometries).toBe(1);
    const many = new CopyEncoder(plan, places.anew());
    for (let round = 0; round < 2_500 && !many.disproved; round++) {
      feed(many, [['Russia']]);
      many.takePieces(false);
    }
    expect(many.disproved).toBe(true);
  });

  it('hands pieces on as they get full', () => {
    const encoder = new CopyEncoder(planOf(['text']));
    const value = 'x'.repeat(100_000);
    feed(encoder, [[value], [value]]);
    expect(encoder.takePieces(false)).toHaveLength(1);
    feed(encoder, [[value]]);
    const pieces = encoder.takePieces(false);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]!.length).toBeGreaterThan(300_000);
  });
});
