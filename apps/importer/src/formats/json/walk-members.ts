import type { ItemKind } from './layout.js';
import {
  braceOpen,
  bracketOpen,
  incomplete,
  MalformedJson,
  scanName,
  skipColon,
  skipSpace,
  skipValue,
  toClosing,
} from './scan-json.js';

const comma = 0x2c;
const quote = 0x22;

/** How deep in objects an array of rows is looked for. */
const depthMax = 4;

const geometryTypes = new Set([
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
]);

/** What an object says of itself, as far as it was seen. */
export interface SeenObject {
  type: string | null;
  /** The text of its `crs` member. */
  crs: string | null;
  readonly names: Set<string>;
}

/** An array that is a member of an object, with what its first element is; `none` when it is empty. */
export interface SeenArray {
  readonly name: string;
  readonly items: ItemKind | 'none';
  /** Where its elements begin. */
  readonly offset: number;
  /** The opening bytes of what is open there. */
  readonly enclosing: readonly number[];
  readonly owner: SeenObject;
}

/**
 * Looks through an object, and through the objects in it, for arrays of objects or arrays, and returns what it says of
 * itself. Stops in silence where the bytes end or are no JSON: reading tells more about that.
 */
export function walkObject(head: Buffer, at: number, arrays: SeenArray[]): SeenObject {
  const seen: SeenObject = { type: null, crs: null, names: new Set() };
  try {
    walk(head, at, [braceOpen], seen, arrays);
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
  }
  return seen;
}

/** Whether it is a feature of GeoJSON, or a geometry that stands for itself. */
export function isFeature({ type, names }: SeenObject): boolean {
  if (type === 'Feature') return names.has('geometry') || names.has('properties');
  return type !== null && geometryTypes.has(type) && (names.has('coordinates') || names.has('geometries'));
}

/** What the elements of an array are, by the first; `null` when they make no rows. */
export function itemsOf(head: Buffer, bracketAt: number): ItemKind | 'none' | null {
  const first = skipSpace(head, bracketAt + 1, head.length);
  switch (head[first]) {
    case braceOpen:
      return isFeature(walkObject(head, first, [])) ? 'features' : 'objects';
    case bracketOpen:
      return 'arrays';
    case bracketOpen + toClosing:
      return 'none';
    default:
      return null;
  }
}

function walk(
  head: Buffer,
  at: number,
  enclosing: readonly number[],
  seen: SeenObject,
  arrays: SeenArray[],
): void {
  const to = head.length;
  let i = skipSpace(head, at + 1, to);
  while (i < to && head[i] !== braceOpen + toClosing) {
    const nameEnd = scanName(head, i, to);
    const value = nameEnd === incomplete ? incomplete : skipColon(head, nameEnd + 1, to);
    if (value === incomplete) return;
    const name = JSON.parse(head.toString('utf8', i, nameEnd + 1)) as string;
    seen.names.add(name);
    if (head[value] === bracketOpen) noteArray(head, value, name, enclosing, seen, arrays);
    if (head[value] === braceOpen && enclosing.length < depthMax) {
      walk(head, value, [...enclosing, braceOpen], { type: null, crs: null, names: new Set() }, arrays);
    }
    i = skipValue(head, value, to);
    if (i === incomplete) return;
    if (name === 'type' && head[value] === quote) {
      seen.type = JSON.parse(head.toString('utf8', value, i)) as string;
    }
    if (name === 'crs') seen.crs = head.toString('utf8', value, i);
    i = skipSpace(head, i, to);
    if (i < to && head[i] === comma) i = skipSpace(head, i + 1, to);
  }
}

function noteArray(
  head: Buffer,
  bracketAt: number,
  name: string,
  enclosing: readonly number[],
  owner: SeenObject,
  arrays: SeenArray[],
): void {
  const items = itemsOf(head, bracketAt);
  if (items === null) return;
  arrays.push({ name, items, offset: bracketAt + 1, enclosing: [...enclosing, bracketOpen], owner });
}
