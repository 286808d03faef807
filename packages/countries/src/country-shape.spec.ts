import { describe, expect, it } from '@jest/globals';
import { type CountryShape, countryShape, type ShapeDetail } from './country-shape.js';

interface Drawn {
  srid: number;
  polygons: number[][][][];
}

/** Reads a multi polygon of EWKB. */
function read(bytes: Buffer): Drawn {
  expect(bytes.readUInt32LE(1)).toBe(0x20000006);
  let at = 9;
  const next = (): number => bytes.readUInt32LE((at += 4) - 4);
  const ordinate = (): number => bytes.readDoubleLE((at += 8) - 8);
  const list = <T>(entry: () => T): T[] => Array.from({ length: next() }, entry);
  const polygons = list(() => {
    expect(bytes[at]).toBe(1);
    at += 1;
    expect(next()).toBe(3);
    return list(() => list(() => [ordinate(), ordinate()]));
  });
  expect(at).toBe(bytes.length);
  return { srid: bytes.readUInt32LE(5), polygons };
}

function drawn(country: string, detail: ShapeDetail = 'fine'): { degrees: Drawn; webmercator: Drawn } {
  const shape: CountryShape | null = countryShape(country, detail);
  if (shape === null) throw new Error(`${country} has no shape`);
  return { degrees: read(shape.degrees), webmercator: read(shape.webmercator) };
}

const extent = ({ polygons }: Drawn): number[] => {
  const points = polygons.flat(2);
  const [x, y] = [points.map(([x]) => x!), points.map(([, y]) => y!)];
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)].map((edge) => Math.round(edge));
};

describe('countryShape', () => {
  it.each<[string, number[]]>([
    ['ES', [-18, 28, 4, 44]],
    ['FR', [-5, 41, 10, 51]],
    ['GF', [-55, 2, -52, 6]],
    ['RE', [55, -21, 56, -21]],
    ['BQ', [-68, 12, -63, 18]],
    ['NO', [5, 58, 31, 71]],
    ['SJ', [-9, 71, 34, 80]],
    ['CC', [97, -12, 97, -12]],
    ['GI', [-5, 36, -5, 36]],
    ['XK', [20, 42, 22, 43]],
    ['CY', [32, 35, 35, 36]],
    ['RU', [-180, 41, 180, 82]],
    ['AQ', [-180, -90, 180, -61]],
  ])('draws %s within %j', (country, expected) => {
    const { degrees, webmercator } = drawn(country);
    expect(degrees.srid).toBe(4326);
    expect(webmercator.srid).toBe(3857);
    expect(extent(degrees)).toEqual(expected);
  });

  it.each(['RU', 'FJ', 'AQ', 'US', 'NZ', 'KI'])(
    'never leads %s across the map from one edge to the other',
    (country) => {
      for (const detail of ['fine', 'coarse'] as const) {
        for (const ring of drawn(country, detail).degrees.polygons.flat()) {
          expect(ring[0]).toEqual(ring.at(-1));
          const jumps = ring.filter(
            ([x, y], i) => i > 0 && Math.abs(x! - ring[i - 1]![0]!) > 180 && y! > -90,
          );
          expect([country, jumps]).toEqual([country, []]);
        }
      }
    },
  );

  it('ends on the map where the projection does', () => {
    const edge = 20_037_508;
    expect(extent(drawn('AQ').webmercator)).toEqual([-edge - 0, -30_240_972, edge, expect.any(Number)]);
  });

  it('takes far less room where it is coarse', () => {
    for (const country of ['CA', 'RU', 'NO', 'ES']) {
      const [fine, coarse] = [countryShape(country, 'fine')!, countryShape(country, 'coarse')!];
      expect(coarse.degrees.length).toBeLessThan(fine.degrees.length / 4);
    }
  });

  it('is made once', () => {
    expect(countryShape('PT', 'fine')).toBe(countryShape('PT', 'fine'));
  });

  it('has none for what is no country', () => {
    expect(countryShape('ZZ', 'fine')).toBeNull();
  });
});
