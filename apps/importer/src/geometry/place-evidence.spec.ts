import { describe, expect, it } from '@jest/globals';
import { PlaceEvidence } from './place-evidence.js';
import type { PlacePlan } from './place-plan.js';
import { PlaceSampler } from './place-sampler.js';

type Row = readonly string[];

const anyType = { isText: () => true, isNumber: () => true };

function observe(
  headers: readonly (string | null)[],
  rows: readonly Row[],
  hints: { contentGuessing?: boolean; typeGuessing?: boolean } = {},
): PlaceEvidence {
  const evidence = PlaceEvidence.ofAllColumns({
    headers,
    format: null,
    typeGuessing: true,
    contentGuessing: false,
    ...hints,
  });
  feed(evidence, rows);
  return evidence;
}

function feed(evidence: PlaceEvidence, rows: readonly Row[]): void {
  const sampler = new PlaceSampler(evidence);
  rows.forEach((row, i) => {
    for (const text of row) {
      const bytes = Buffer.from(text);
      sampler.field(bytes, 0, bytes.length);
    }
    sampler.endRow(i + 2);
  });
}

function planOf(...args: Parameters<typeof observe>): PlacePlan {
  return observe(...args).plan(anyType);
}

const nowhere = { from: 'nowhere' };
const wkt = 'POINT(1 2)';
const text = (column: number, more: object = {}): object => ({
  from: 'text',
  column,
  srids: [],
  multiPoints: false,
  ...more,
});
const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

describe('a column is the geometry', () => {
  it.each<[string, (string | null)[], Row[], object]>([
    ['by its name and values', ['id', 'geom'], [['1', wkt]], text(1)],
    [
      'by its values alone',
      ['id', 'whatever'],
      [
        ['1', wkt],
        ['2', ''],
      ],
      text(1),
    ],
    ['of mixed notations', ['wkt'], [[wkt], ['{"type":"Point","coordinates":[1,2]}']], text(0)],
    ['of the surer name', ['wkt', 'geom'], [[wkt, wkt]], text(1)],
    ['of a less sure name where the surer one has none', ['wkt', 'the_geom'], [[wkt, 'x']], text(0)],
    ['rather than coordinates', ['lat', 'lon', 'wkt'], [['1', '2', wkt]], text(2)],
    ['where one of ten is none', ['geom'], [...times(9, [wkt]), ['x']], text(0)],
    [
      'with the reference systems that it names',
      ['geom'],
      [[wkt], ['SRID=25830;POINT(1 2)']],
      text(0, { srids: [25830] }),
    ],
    ['of points and multi points', ['geom'], [[wkt], ['MULTIPOINT(1 2)']], text(0, { multiPoints: true })],
    ['of points and lines', ['geom'], [[wkt], ['LINESTRING(1 2,3 4)']], text(0)],
  ])('%s', (_name, headers, rows, expected) => {
    expect(planOf(headers, rows)).toEqual(expected);
  });

  it.each<[string, (string | null)[], Row[]]>([
    ['with too many other values', ['geom'], [...times(8, [wkt]), ['x']]],
    ['without its name and with any other value', ['a'], [...times(99, [wkt]), ['x']]],
    ['without values', ['geom'], [['']]],
    ['of coordinates that are no degrees', ['geom'], [['POINT(440290 4474257)']]],
    ['of which nothing else is known', ['a'], [['1'], ['x']]],
  ])('never %s', (_name, headers, rows) => {
    expect(planOf(headers, rows)).toEqual(nowhere);
  });

  it('counts what it cannot use, with the first lines', () => {
    const rows = [...times(40, [wkt]), ...times(4, ['x']), ['POINT(0 91)'], [''], ['POINT EMPTY']];
    const [evidence] = observe(['geom'], rows).geometries;
    expect(evidence).toMatchObject({
      geometries: 40,
      unreadable: { count: 4, lines: [42, 43, 44] },
      notDegrees: { count: 1, lines: [46] },
      empties: 2,
    });
  });

  it('is looked at anew only where it may still be one', () => {
    const sampled = observe(
      ['geom', 'a', 'b', 'c'],
      [
        ['x', wkt, wkt, ''],
        ['x', wkt, 'x', ''],
      ],
    );
    const evidence = sampled.anew();
    expect([0, 1, 2, 3].filter((column) => evidence.isWatched(column))).toEqual([0, 1]);
    feed(evidence, times(9, [wkt, wkt, '', '']));
    expect(evidence.plan(anyType)).toEqual(text(0));
  });

  it('forgets a row that is abandoned', () => {
    const evidence = observe(['geom', 'lat', 'lon'], []);
    const sampler = new PlaceSampler(evidence);
    for (const value of ['x', '1', '200']) sampler.field(Buffer.from(value), 0, value.length);
    sampler.abandonRow();
    feed(evidence, [[wkt, '1', '2']]);
    expect(evidence.plan(anyType)).toEqual(text(0));
    expect(evidence.points!.plan()).toEqual({ latitude: 1, longitude: 2 });
  });
});

describe('two columns make points', () => {
  const point = (latitude: number, longitude: number): object => ({ from: 'point', latitude, longitude });

  it.each<[string, string[], Row[], object]>([
    ['of degrees', ['lat', 'lon'], [['40.4', '-3.7']], point(0, 1)],
    ['with decimal commas', ['lat', 'lon'], [['40,4', '-3,7']], point(0, 1)],
    ['at the origin', ['lat', 'lon'], [['0', '0']], point(0, 1)],
    [
      'where some have none',
      ['lon', 'lat'],
      [
        ['', ''],
        ['1', ''],
        ['1', '2'],
      ],
      point(1, 0),
    ],
    [
      'where a few are no places',
      ['lat', 'lon'],
      [
        ['40', '-3'],
        ['41', '-3'],
        ['400', '-3'],
      ],
      point(0, 1),
    ],
    [
      'where one seems swapped, but others are certain',
      ['lat', 'lon'],
      [
        ['95', '80'],
        ['40', '120'],
        ['41', '121'],
      ],
      point(0, 1),
    ],
    [
      'where a few of many seem swapped',
      ['lat', 'lon'],
      [...times(91, ['40', '-3']), ...times(9, ['95', '0'])],
      point(0, 1),
    ],
    ['of x and y with fractions', ['x', 'y'], [['-3.7', '40.4']], point(1, 0)],
  ])('%s', (_name, headers, rows, expected) => {
    expect(planOf(headers, rows)).toEqual(expected);
  });

  it.each<[string, string[], Row[], string | null]>([
    [
      'that are swapped',
      ['lat', 'lon'],
      [
        ['-118.2', '34'],
        ['-73.9', '40.7'],
      ],
      'swapped',
    ],
    [
      'of metres',
      ['lat', 'lon'],
      [
        ['4474257', '440290'],
        ['4474258', '440291'],
      ],
      'not-degrees',
    ],
    ['of x and y in metres', ['x', 'y'], [['440290.5', '4474257.5']], null],
    [
      'of x and y where one is no place',
      ['x', 'y'],
      [
        ['1.5', '2'],
        ['3', '91'],
      ],
      null,
    ],
    [
      'of x and y in whole numbers',
      ['x', 'y'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
      null,
    ],
    ['without any', ['lat', 'lon'], [['', '']], null],
  ])('never %s', (_name, headers, rows, doubt) => {
    const evidence = observe(headers, rows);
    expect(evidence.plan(anyType)).toEqual(nowhere);
    expect(evidence.points!.doubt()).toBe(doubt);
  });

  it('only of numbers, and only where types are guessed', () => {
    expect(observe(['lat', 'lon'], [['1', '2']]).plan({ ...anyType, isNumber: () => false })).toEqual(
      nowhere,
    );
    expect(planOf(['lat', 'lon'], [['1', '2']], { typeGuessing: false })).toEqual(nowhere);
  });
});

describe('a column names countries', () => {
  const country = (column: number, detail = 'fine'): object => ({ from: 'country', column, detail });
  const guess = { contentGuessing: true };

  it.each<[string, string[], Row[], object]>([
    [
      'by name',
      ['a', 'b'],
      [
        ['x', 'Spain'],
        ['y', 'Deutschland'],
        ['z', 'Perú'],
      ],
      country(1),
    ],
    ['by code', ['a'], [['ES'], ['DE'], ['PE']], country(0)],
    ['by code of three letters', ['a'], [['ESP'], ['DEU'], ['PER']], country(0)],
    ['by number, where its name says so', ['country_code'], [['004'], ['724']], country(0)],
    ['by small code, where its name says so', ['Country'], [['es'], ['de']], country(0)],
    ['again and again', ['country'], times(50, ['Spain']), country(0)],
    [
      'but for a few',
      ['a'],
      [...times(10, ['Spain']), ['Peru'], ['France'], ['Chad'], ['Total']],
      country(0),
    ],
    [
      'rather by a telling name',
      ['a', 'country'],
      [
        ['ES', 'ES'],
        ['DE', 'DE'],
        ['PE', 'PE'],
      ],
      country(1),
    ],
    [
      'rather with more of them',
      ['a', 'b'],
      [...times(10, ['ES', 'ES']), ['DE', 'DE'], ['PE', 'PE'], ['FR', 'FR'], ['x', '']],
      country(1),
    ],
  ])('%s', (_name, headers, rows, expected) => {
    expect(planOf(headers, rows, guess)).toEqual(expected);
  });

  it.each<[string, string[], Row[]]>([
    ['with too many other rows', ['country'], [['Spain'], ['Peru'], ['Chad'], ['x']]],
    ['with too many other values', ['country'], [...times(50, ['Spain']), ['x'], ['y']]],
    ['of two codes, without a telling name', ['department'], [['IT'], ['HR'], ['HR']]],
    ['of small words that are codes as well', ['language'], [['es'], ['de'], ['it'], ['fr']]],
    ['of American states', ['state'], [['CA'], ['NY'], ['TX'], ['AL'], ['FL']]],
    ['without values', ['country'], [['']]],
  ])('never %s', (_name, headers, rows) => {
    expect(planOf(headers, rows, guess)).toEqual(nowhere);
  });

  it('only where that is asked for, and nothing else says where rows are', () => {
    expect(planOf(['country'], [['Spain']])).toEqual(nowhere);
    expect(planOf(['country', 'wkt'], [['Spain', wkt]], guess)).toEqual(text(1));
    expect(planOf(['country', 'lat', 'lon'], [['Spain', '1', '2']], guess)).toMatchObject({ from: 'point' });
  });

  it('coarsely where the rows are many, and not at all where they are too many', () => {
    expect(planOf(['country'], times(2_500, ['Russia']), guess)).toEqual(country(0, 'coarse'));
    const evidence = observe(['country'], times(110_000, ['Russia']), guess);
    expect(evidence.plan(anyType)).toEqual(nowhere);
    expect(evidence.provenCountries(anyType)).not.toBeNull();
  });
});
