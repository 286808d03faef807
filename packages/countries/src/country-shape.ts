import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type countriesOfIso from 'i18n-iso-countries';
import { merge } from 'topojson-client';
import type {
  GeometryCollection,
  MultiPolygon,
  Polygon as TopologyPolygon,
  Topology,
} from 'topojson-specification';
import { cutAtDateLine } from './cut-at-date-line.js';
import { encodeDegrees, encodeWebmercator, type Polygon } from './encode-polygons.js';

/** How finely borders are drawn: for maps of a country or a continent, or for those of the world. */
export type ShapeDetail = 'fine' | 'coarse';

/** The area of a country as EWKB, a multi polygon. */
export interface CountryShape {
  readonly degrees: Buffer;
  readonly webmercator: Buffer;
}

type Area = (TopologyPolygon | MultiPolygon) & { id?: string | number; properties?: { name?: string } };
type World = Topology<{ countries: GeometryCollection }>;

const require = createRequire(import.meta.url);

/** The editions of Natural Earth in which a country is looked for, in order: the coarser ones leave small ones out. */
const editions: Readonly<Record<ShapeDetail, readonly Edition[]>> = {
  fine: ['50m', '10m'],
  coarse: ['110m', '50m', '10m'],
};

const largestEdition = '10m';

/** By their scale, in millions. */
const worldFiles = {
  '110m': () => require.resolve('world-atlas/countries-110m.json'),
  '50m': () => require.resolve('world-atlas/countries-50m.json'),
  '10m': () => require.resolve('world-atlas/countries-10m.json'),
};
type Edition = keyof typeof worldFiles;

/** Areas without a code of their own that ISO counts to a country. */
const namedAreas: Readonly<Record<string, string>> = {
  Kosovo: 'XK',
  'N. Cyprus': 'CY',
  'Cyprus U.N. Buffer Zone': 'CY',
  Somaliland: 'SO',
  'Indian Ocean Ter.': 'CX',
};

/** West, south, east, north in degrees. */
type Box = readonly [number, number, number, number];

/** Countries that Natural Earth draws as a part of another one: whose, and where. */
const partsOf: Readonly<Record<string, { whole: string; within: readonly Box[] }>> = {
  GP: { whole: 'FR', within: [[-62.5, 15.5, -60.5, 17]] },
  MQ: { whole: 'FR', within: [[-61.5, 14, -60.5, 15.2]] },
  GF: { whole: 'FR', within: [[-55, 2, -51, 6.5]] },
  RE: { whole: 'FR', within: [[55, -21.6, 56, -20.6]] },
  YT: { whole: 'FR', within: [[44.8, -13.3, 45.5, -12.4]] },
  BQ: { whole: 'NL', within: [[-69, 11.5, -62.5, 18]] },
  SJ: {
    whole: 'NO',
    within: [
      [-10, 70.5, -7, 71.5],
      [9, 74, 35, 81.5],
    ],
  },
  BV: { whole: 'NO', within: [[3, -55, 4, -54]] },
  CX: { whole: 'CX', within: [[105, -11, 106, -10]] },
  CC: { whole: 'CX', within: [[96, -13, 97.5, -11]] },
  TK: { whole: 'NZ', within: [[-173, -10, -171, -8]] },
};

const worlds = new Map<Edition, World>();
const shapes = new Map<string, CountryShape | null>();

/**
 * The area of a country, by its alpha-2 code: by Natural Earth, which shows who governs an area rather than who claims
 * it; `null` for the few that are too small to be drawn. Made once, when first asked for, and then kept.
 */
export function countryShape(country: string, detail: ShapeDetail): CountryShape | null {
  const key = `${country} ${detail}`;
  let shape = shapes.get(key);
  if (shape === undefined) {
    shape = makeShape(country, detail);
    shapes.set(key, shape);
  }
  return shape;
}

function makeShape(country: string, detail: ShapeDetail): CountryShape | null {
  for (const edition of editions[detail]) {
    const polygons = cutAtDateLine(polygonsOf(country, edition));
    if (polygons.length > 0) {
      return { degrees: encodeDegrees(polygons), webmercator: encodeWebmercator(polygons) };
    }
  }
  return null;
}

function polygonsOf(country: string, edition: Edition): Polygon[] {
  const part = partsOf[country];
  if (part !== undefined)
    return drawn(part.whole, edition).filter((polygon) => isWithin(polygon, part.within));
  const others = Object.values(partsOf).filter(({ whole }) => whole === country);
  return drawn(country, edition).filter((polygon) => !others.some(({ within }) => isWithin(polygon, within)));
}

/** All areas that are drawn for the country, those that touch made one. */
function drawn(country: string, edition: Edition): Polygon[] {
  const world = openWorld(edition);
  const numeric = (require('i18n-iso-countries') as typeof countriesOfIso).alpha2ToNumeric(country);
  const areas = (world.objects.countries.geometries as Area[]).filter(({ id, properties }) =>
    id === undefined ? namedAreas[properties?.name ?? ''] === country : id === numeric,
  );
  return areas.length === 0 ? [] : merge(world, areas).coordinates;
}

function openWorld(edition: Edition): World {
  const kept = worlds.get(edition);
  if (kept !== undefined) return kept;
  const world = JSON.parse(readFileSync(worldFiles[edition](), 'utf8')) as World;
  // The largest takes far more memory than the few countries are worth that only it has.
  if (edition !== largestEdition) worlds.set(edition, world);
  return world;
}

function isWithin([outer]: Polygon, boxes: readonly Box[]): boolean {
  return boxes.some(([west, south, east, north]) =>
    outer!.every(([x, y]) => x! >= west && x! <= east && y! >= south && y! <= north),
  );
}
