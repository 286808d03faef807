import { geometryKind } from '../formats/geometry-kind.js';
import type { GeometryBuffer } from './geometry-buffer.js';
import { nestingMax } from './parse-wkt.js';

/** An element of a fragment: what is between two of its tags is in `text`. */
interface KmlElement {
  readonly name: string;
  readonly children: KmlElement[];
  text: string;
}

const tag =
  /<(?:!--[\s\S]*?--|!\[CDATA\[[\s\S]*?\]\]|\?[\s\S]*?\?|(\/?)(?:[\w-]+:)?([A-Za-z]\w*)(?:\s[^<>]*?)?(\/?))>/gy;

/** What may stand around the geometry. */
const wrappers = new Set(['kml', 'Document', 'Folder', 'Placemark']);
const geometries = new Set(['Point', 'LineString', 'LinearRing', 'Polygon', 'MultiGeometry']);

/**
 * Reads a KML geometry out of text: a fragment such as `<Point><coordinates>…`, or a placemark for its geometry; heights
 * are left out. False when it is none; what is in the buffer means nothing then.
 */
export function parseKml(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  into.begin();
  const root = readElements(bytes.toString('utf8', start, end));
  const found = root === null ? [] : geometriesIn(root);
  const [geometry] = found;
  if (geometry === undefined || found.length > 1) return false;
  const kind = kindOf(geometry);
  if (kind === 0 || !writeBody(geometry, kind, into, 0)) return false;
  into.complete(kind, 0);
  return true;
}

/** All elements of a fragment below one that has no name; `null` when its tags do not fit. */
function readElements(text: string): KmlElement | null {
  const root: KmlElement = { name: '', children: [], text: '' };
  const within = [root];
  let at = 0;
  for (;;) {
    const open = text.indexOf('<', at);
    const current = within.at(-1)!;
    current.text += text.slice(at, open === -1 ? text.length : open);
    if (open === -1) return within.length === 1 && root.text.trim() === '' ? root : null;
    tag.lastIndex = open;
    const match = tag.exec(text);
    if (match === null || within.length > 2 * nestingMax) return null;
    at = tag.lastIndex;
    const [, closing, name, selfClosing] = match;
    if (name === undefined) continue;
    if (closing === '/') {
      if (within.length === 1 || current.name !== name) return null;
      within.pop();
      continue;
    }
    const element: KmlElement = { name, children: [], text: '' };
    current.children.push(element);
    if (selfClosing !== '/') within.push(element);
  }
}

function geometriesIn(element: KmlElement): KmlElement[] {
  return element.children.flatMap((child) => {
    if (geometries.has(child.name)) return [child];
    return wrappers.has(child.name) ? geometriesIn(child) : [];
  });
}

/** A multi geometry of one kind of parts is that kind's multi kind. 0 when it is no geometry. */
function kindOf(element: KmlElement): number {
  switch (element.name) {
    case 'Point':
      return geometryKind.point;
    case 'LineString':
    case 'LinearRing':
      return geometryKind.lineString;
    case 'Polygon':
      return geometryKind.polygon;
    case 'MultiGeometry': {
      const kinds = new Set(partsOf(element).map(kindOf));
      const [only = 0] = kinds;
      const isSimple = kinds.size === 1 && only >= geometryKind.point && only <= geometryKind.polygon;
      return isSimple ? only - geometryKind.point + geometryKind.multiPoint : geometryKind.collection;
    }
    default:
      return 0;
  }
}

function partsOf(element: KmlElement): KmlElement[] {
  return element.children.filter(({ name }) => geometries.has(name));
}

function writeBody(element: KmlElement, kind: number, into: GeometryBuffer, depth: number): boolean {
  switch (kind) {
    case geometryKind.point: {
      const [point, second] = coordinatesOf(element);
      if (point === undefined || second !== undefined) return false;
      return into.coordinate(point[0], point[1]);
    }
    case geometryKind.lineString:
      return writeSequence(element, into) && into.endLine();
    case geometryKind.polygon:
      return writeRings(element, into);
    default:
      return depth <= nestingMax && writeParts(element, into, depth);
  }
}

function writeRings(polygon: KmlElement, into: GeometryBuffer): boolean {
  const rings = ['outerBoundaryIs', 'innerBoundaryIs'].flatMap((boundary) =>
    polygon.children
      .filter(({ name }) => name === boundary)
      .flatMap(({ children }) => children.filter(({ name }) => name === 'LinearRing')),
  );
  const at = into.beginList();
  into.endList(at, rings.length);
  return rings.every((ring) => writeSequence(ring, into) && into.endRing());
}

function writeParts(element: KmlElement, into: GeometryBuffer, depth: number): boolean {
  const parts = partsOf(element);
  const at = into.beginList();
  into.endList(at, parts.length);
  return parts.every((part) => {
    const kind = kindOf(part);
    into.beginPart(kind);
    return writeBody(part, kind, into, depth + 1);
  });
}

function writeSequence(element: KmlElement, into: GeometryBuffer): boolean {
  into.beginSequence();
  return coordinatesOf(element).every(([x, y]) => into.coordinate(x, y));
}

/** Tuples of `longitude,latitude[,height]` with blanks between them; a number is NaN where there is none. */
function coordinatesOf(element: KmlElement): [number, number][] {
  const text = element.children.find(({ name }) => name === 'coordinates')?.text.trim() ?? '';
  if (text === '') return [];
  return text
    .replace(/\s*,\s*/g, ',')
    .split(/\s+/)
    .map((tuple) => {
      const [x, y] = tuple.split(',');
      return [ordinate(x), ordinate(y)];
    });
}

function ordinate(text: string | undefined): number {
  return text === undefined || text === '' ? NaN : Number(text);
}
