const positionBytes = 16;

/** A ring of a polygon, whose positions stand in `bytes[start..end)`: x and y, little-endian. */
export interface Ring {
  readonly start: number;
  readonly end: number;
  /** Above zero when it turns left. */
  readonly area: number;
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  /** The rings that are holes in it. */
  readonly holes: Ring[];
}

/** So many steps may be taken to find out which ring is in which: about a second. */
const stepsMax = 400_000_000;

/** Measures a ring. */
export function measureRing(view: DataView, start: number, end: number): Ring {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const originX = view.getFloat64(start, true);
  const originY = view.getFloat64(start + 8, true);
  let beforeX = view.getFloat64(end - positionBytes, true) - originX;
  let beforeY = view.getFloat64(end - positionBytes + 8, true) - originY;
  let area = 0;
  for (let at = start; at < end; at += positionBytes) {
    const x = view.getFloat64(at, true);
    const y = view.getFloat64(at + 8, true);
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < south) south = y;
    if (y > north) north = y;
    area += beforeX * (y - originY) - (x - originX) * beforeY;
    beforeX = x - originX;
    beforeY = y - originY;
  }
  return { start, end, area: area / 2, west, south, east, north, holes: [] };
}

/**
 * Tells outlines from holes among the rings of one shape, and puts each hole into its outline. An outline turns right, a
 * hole turns left and is in the smallest outline around it. What turns left with no outline around it was drawn the wrong
 * way round: it is an outline, or a hole in another such ring, as they lie in each other.
 *
 * `null` where finding that out would take too long, which nothing does that is on any map.
 */
export function organiseRings(view: DataView, rings: readonly Ring[]): Ring[] | null {
  const search = new RingSearch(view);
  const outlines = rings.filter((ring) => !isLeftTurning(ring)).toSorted(largestFirst);
  const strays: Ring[] = [];
  for (const ring of rings.filter(isLeftTurning)) {
    const around = search.findAround(ring, outlines, outlines.length === 1);
    if (around === null) strays.push(ring);
    else around.holes.push(ring);
  }
  const depths = placeStrays(strays, search);
  if (search.isExhausted) return null;
  return rings.filter((ring) => !isLeftTurning(ring) || depths.get(ring)! % 2 === 0);
}

/** Puts rings into each other; how many others each has around it. */
function placeStrays(strays: readonly Ring[], search: RingSearch): Map<Ring, number> {
  const depths = new Map<Ring, number>();
  const placed: Ring[] = [];
  for (const ring of strays.toSorted(largestFirst)) {
    const around = search.findAround(ring, placed, false);
    const depth = around === null ? 0 : depths.get(around)! + 1;
    depths.set(ring, depth);
    placed.push(ring);
    if (around !== null && depth % 2 === 1) around.holes.push(ring);
  }
  return depths;
}

function isLeftTurning({ area }: Ring): boolean {
  return area > 0;
}

function largestFirst(one: Ring, other: Ring): number {
  return Math.abs(other.area) - Math.abs(one.area);
}

class RingSearch {
  private stepsLeft = stepsMax;

  constructor(private readonly view: DataView) {}

  get isExhausted(): boolean {
    return this.stepsLeft <= 0;
  }

  /** The last of some rings, the largest of which comes first, that another one lies in; by its box alone where `boxDecides`. */
  findAround(ring: Ring, candidates: readonly Ring[], boxDecides: boolean): Ring | null {
    for (let n = candidates.length - 1; n >= 0 && this.stepsLeft > 0; n--) {
      const candidate = candidates[n]!;
      this.stepsLeft--;
      if (isBoxWithin(ring, candidate) && (boxDecides || this.isWithin(ring, candidate))) return candidate;
    }
    return null;
  }

  /** By the first of its positions that is not on the other's line. */
  private isWithin(ring: Ring, candidate: Ring): boolean {
    for (let at = ring.start; at < ring.end && this.stepsLeft > 0; at += positionBytes) {
      const side = this.sideOf(candidate, this.view.getFloat64(at, true), this.view.getFloat64(at + 8, true));
      if (side !== 0) return side > 0;
    }
    return Math.abs(ring.area) <= Math.abs(candidate.area);
  }

  /** 1 within the ring, -1 outside, 0 on its line: by how often a line to the east crosses it. */
  private sideOf({ start, end }: Ring, x: number, y: number): number {
    const { view } = this;
    this.stepsLeft -= (end - start) / positionBytes;
    let beforeX = view.getFloat64(end - positionBytes, true);
    let beforeY = view.getFloat64(end - positionBytes + 8, true);
    let isWithin = false;
    for (let at = start; at < end; at += positionBytes) {
      const nextX = view.getFloat64(at, true);
      const nextY = view.getFloat64(at + 8, true);
      if (nextY > y !== beforeY > y) {
        const crossing = nextX + ((beforeX - nextX) * (y - nextY)) / (beforeY - nextY);
        if (crossing === x) return 0;
        if (crossing > x) isWithin = !isWithin;
      } else if (nextY === y && (nextX === x || (beforeY === y && beforeX > x !== nextX > x))) return 0;
      beforeX = nextX;
      beforeY = nextY;
    }
    return isWithin ? 1 : -1;
  }
}

function isBoxWithin(inner: Ring, outer: Ring): boolean {
  return (
    inner.west >= outer.west &&
    inner.east <= outer.east &&
    inner.south >= outer.south &&
    inner.north <= outer.north
  );
}
