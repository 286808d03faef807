import type { Polygon, Ring } from './encode-polygons.js';

type Coordinate = readonly [number, number];

const turn = 360;
const dateLine = 180;
/** In square degrees: about a tenth of a square metre. */
const areaMin = 1e-11;

/**
 * Cuts polygons that lie across the date line into those of either side of it, and leads one around a pole along the
 * edge of the map. On the way rings lose what rounding left in them: spikes, doubled points, lines that cross.
 */
export function cutAtDateLine(polygons: readonly Polygon[]): Polygon[] {
  return polygons.flatMap(([outer, ...holes]) => {
    const rings = splitRing(outer!);
    // The sea does not reach a pole: a hole around one is what remained of the edge of a flat map.
    const rests = holes.filter((hole) => !goesAround(hole)).flatMap(splitRing);
    return rings.map((ring) => [ring, ...rests.filter((hole) => isInside(hole[0]!, ring))]);
  });
}

/** The rings that a ring becomes: itself where it does not cross the date line. */
function splitRing(ring: Ring): Ring[] {
  const unrolled = unroll(ring);
  // From west to east: what lies in each turn of the earth, brought into the first.
  const parts = [-1, 0, 1].flatMap((times) =>
    halvesOf(halvesOf([unrolled], times * turn + dateLine, -1), times * turn - dateLine, 1).map((part) =>
      part.map(([x, y]): Coordinate => [x - times * turn, y]),
    ),
  );
  return parts.flatMap(simpleRings);
}

/** The ring with longitudes that go on beyond the date line; one around a pole is led to the pole and back. */
function unroll(ring: Ring): Coordinate[] {
  const points: Coordinate[] = [];
  let shift = 0;
  ring.forEach(([x, y], i) => {
    if (i > 0) shift += shiftBetween(ring[i - 1]![0]!, x!);
    points.push([x! + shift, y!]);
  });
  return shift === 0 ? points : ledToPole(points, shift);
}

/** What a longitude that follows another must be moved by to go on the short way. */
function shiftBetween(before: number, longitude: number): number {
  return turn * -Math.round((longitude - before) / turn);
}

/** Whether a ring goes once around the earth. */
function goesAround(ring: Ring): boolean {
  return ring.reduce((shift, [x], i) => (i === 0 ? 0 : shift + shiftBetween(ring[i - 1]![0]!, x!)), 0) !== 0;
}

/** A ring that does not close, since it goes once around the earth, begun anew at the date line. */
function ledToPole(points: readonly Coordinate[], shift: number): Coordinate[] {
  const open = points.slice(0, -1);
  const goesEast = shift > 0;
  const pole = open[0]![1] < 0 ? -90 : 90;
  const once = [
    ...open,
    ...open.map(([x, y]): Coordinate => [x + shift, y]),
    [open[0]![0] + 2 * shift, open[0]![1]] as Coordinate,
  ];
  const from = goesEast ? -dateLine : dateLine;
  const start = firstBeyond(once, from, goesEast);
  const end = firstBeyond(once, from + shift, goesEast);
  const first = crossing(once[start - 1] ?? once[start]!, once[start]!, from);
  const last: Coordinate = [from + shift, first[1]];
  return [first, ...once.slice(start, end), last, [last[0], pole], [first[0], pole], first];
}

function firstBeyond(points: readonly Coordinate[], x: number, isEast: boolean): number {
  return points.findIndex((point) => (isEast ? point[0] > x : point[0] < x));
}

/** What of closed rings lies on one side of a meridian: to the east of it (1) or to the west (-1). */
function halvesOf(rings: readonly Coordinate[][], meridian: number, side: 1 | -1): Coordinate[][] {
  return rings.flatMap((ring) => halfOf(ring, meridian, side));
}

function halfOf(ring: Coordinate[], meridian: number, side: 1 | -1): Coordinate[][] {
  const isOn = ([x]: Coordinate): boolean => (x - meridian) * side > 0;
  if (ring.every(isOn)) return [ring];
  const start = ring.findIndex((point, i) => i > 0 && isOn(point) && !isOn(ring[i - 1]!));
  if (start === -1) return [];
  const closed = ring.slice(0, -1);
  const turned = [...closed.slice(start - 1), ...closed.slice(0, start - 1), closed[start - 1]!];
  const chains: Coordinate[][] = [];
  for (let i = 1; i < turned.length; i++) {
    const [before, point] = [turned[i - 1]!, turned[i]!];
    if (isOn(point) && !isOn(before)) chains.push([crossing(before, point, meridian)]);
    if (isOn(point)) chains.at(-1)!.push(point);
    else if (isOn(before)) chains.at(-1)!.push(crossing(before, point, meridian));
  }
  return joinChains(chains);
}

/** Makes rings of the pieces that a meridian cut out: each end is led along it to the nearest beginning inside. */
function joinChains(chains: readonly Coordinate[][]): Coordinate[][] {
  const ends = chains
    .flatMap((chain, index) => [
      { y: chain[0]![1], index, isStart: true },
      { y: chain.at(-1)![1], index, isStart: false },
    ])
    .sort((a, b) => a.y - b.y);
  const next = new Map<number, number>();
  for (let i = 0; i < ends.length; i += 2) {
    const [a, b] = [ends[i]!, ends[i + 1]!];
    if (a.isStart === b.isStart) continue;
    next.set(a.isStart ? b.index : a.index, a.isStart ? a.index : b.index);
  }
  const rings: Coordinate[][] = [];
  const used = new Set<number>();
  for (let first = 0; first < chains.length; first++) {
    const ring: Coordinate[] = [];
    for (let at: number | undefined = first; at !== undefined && !used.has(at); at = next.get(at)) {
      used.add(at);
      ring.push(...chains[at]!);
    }
    if (ring.length > 0) rings.push([...ring, ring[0]!]);
  }
  return rings;
}

function crossing([x1, y1]: Coordinate, [x2, y2]: Coordinate, x: number): Coordinate {
  return x1 === x2 ? [x, y1] : [x, y1 + ((y2 - y1) * (x - x1)) / (x2 - x1)];
}

/**
 * The simple rings of which a ring consists: where it comes back to one of its points, another one begins. What
 * encloses nothing, such as a doubled point or a spike, is left out.
 */
function simpleRings(ring: Ring): Coordinate[][] {
  const rings: Coordinate[][] = [];
  const path: Coordinate[] = [];
  const places = new Map<string, number>();
  for (const [x, y] of ring) {
    const key = `${x} ${y}`;
    const place = places.get(key);
    if (place !== undefined) {
      const loop = path.splice(place + 1);
      for (const [loopX, loopY] of loop) places.delete(`${loopX} ${loopY}`);
      rings.push(withoutCrossings([path[place]!, ...loop]));
    } else {
      places.set(key, path.length);
      path.push([x!, y!]);
    }
  }
  return rings
    .filter((points) => Math.abs(areaOf(points)) > areaMin)
    .map((points) => [...points, points[0]!]);
}

/** Without the two points between lines that cross with one line between them, where rounding moved a thin spike. */
function withoutCrossings(points: readonly Coordinate[]): Coordinate[] {
  const half = Math.floor(points.length / 2);
  const kept = dropBetweenCrossings([...points]);
  // Once more from elsewhere, for what crosses where the ring begins.
  return dropBetweenCrossings([...kept.slice(half), ...kept.slice(0, half)]);
}

function dropBetweenCrossings(points: Coordinate[]): Coordinate[] {
  for (let i = 0; i + 3 < points.length; i++) {
    if (doCross(points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!)) points.splice(i + 1, 2);
  }
  return points;
}

function doCross(a: Coordinate, b: Coordinate, c: Coordinate, d: Coordinate): boolean {
  return turns(a, b, c) * turns(a, b, d) < 0 && turns(c, d, a) * turns(c, d, b) < 0;
}

/** Positive when the way from `a` by `b` to `c` turns left, negative when it turns right. */
function turns([ax, ay]: Coordinate, [bx, by]: Coordinate, [cx, cy]: Coordinate): number {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

function areaOf(points: readonly Coordinate[]): number {
  return points.reduce((area, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    return area + (x * nextY - nextX * y) / 2;
  }, 0);
}

function isInside([x, y]: readonly number[], ring: Ring): boolean {
  let inside = false;
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = ring[i - 1]!;
    const [x2, y2] = ring[i]!;
    if (y1! > y! !== y2! > y! && x! < ((x2! - x1!) * (y! - y1!)) / (y2! - y1!) + x1!) inside = !inside;
  }
  return inside;
}
