import { geometryKind } from '../formats/geometry-kind.js';
import type { GeometryCandidate } from './find-geometry-columns.js';
import type { GeometryBuffer } from './geometry-buffer.js';
import {
  type GeometryReading,
  isForeign,
  readGeometryText,
  readWkb,
  readWkbDigits,
} from './read-geometry.js';

/** Of a column named for geometries at least so many of its values must be one. */
const readableShareMin = 0.9;
/** So many lines are named in a warning. */
const linesNamedMax = 3;
/** A file with more reference systems is none that anybody made on purpose. */
const sridsMax = 32;

/** How the geometries of a column are written. */
export type GeometryNotation = 'text' | 'hex' | 'bytes';

const readers = { text: readGeometryText, hex: readWkbDigits, bytes: readWkb };

/** How many values were of one sort, and where the first ones are. */
export interface LineCount {
  count: number;
  lines: number[];
}

/** How a column of geometries is loaded. */
export interface GeometryColumnPlan {
  readonly column: number;
  /** The reference systems, other than degrees, that its values name; all of them known before it is loaded. */
  readonly srids: readonly number[];
  /** Whether points become multi points, since some are. */
  readonly multiPoints: boolean;
}

/**
 * What the values of one column say of whether it is the table's geometry. Values are taken row by row: what `observe`
 * reads counts when `endRow` says that the row is complete.
 */
export class GeometryEvidence {
  geometries = 0;
  empties = 0;
  openRings = 0;
  hasAreas = false;
  unreadable: LineCount = { count: 0, lines: [] };
  notDegrees: LineCount = { count: 0, lines: [] };
  private readonly srids = new Set<number>();
  private kinds = 0;
  private reading: GeometryReading | null = null;
  private srid = 0;
  private kind = 0;
  private hasOpenRing = false;
  private hasArea = false;

  constructor(
    readonly candidate: GeometryCandidate,
    /** How the values are written: in any notation of text, or as the format's own well-known binary. */
    private readonly notation: GeometryNotation = 'text',
  ) {}

  /** Reads the row's value into the buffer and says what it is. */
  observe(bytes: Buffer, start: number, end: number, buffer: GeometryBuffer): GeometryReading {
    // Nothing that follows can make up for a value of an unnamed column that is no geometry.
    if (this.isHopeless) return 'unreadable';
    const reading = readers[this.notation](bytes, start, end, buffer);
    this.reading = reading;
    this.srid = buffer.srid;
    this.kind = buffer.kind;
    this.hasOpenRing = buffer.hasOpenRing;
    this.hasArea = buffer.hasArea;
    return reading;
  }

  endRow(line: number): void {
    const { reading } = this;
    this.reading = null;
    if (reading === 'geometry') this.countGeometry();
    else if (reading === 'empty') this.empties++;
    else if (reading === 'unreadable') countLine(this.unreadable, line);
    else if (reading === 'not-degrees') countLine(this.notDegrees, line);
  }

  abandonRow(): void {
    this.reading = null;
  }

  /** Whether it may still be one: an unnamed column has no hope any more after one value that is no geometry. */
  get isPossible(): boolean {
    return this.candidate.isNamed || (this.geometries > 0 && !this.isHopeless);
  }

  /** Whether it is a surprise that the column is no geometry. */
  get isExpected(): boolean {
    return this.valuesCount > 0 && (this.geometries > 0 || this.candidate.isSurelyNamed);
  }

  /** Whether the points of the column become multi points, since some are. */
  get multiPoints(): boolean {
    const mixed = (1 << geometryKind.point) | (1 << geometryKind.multiPoint);
    return (this.kinds & mixed) === mixed;
  }

  /** How the column is loaded as the table's geometry, which it is in any case. */
  planAsGiven(): GeometryColumnPlan {
    return {
      column: this.candidate.column,
      srids: [...this.srids].sort((a, b) => a - b),
      multiPoints: this.multiPoints,
    };
  }

  /** How the column is loaded as the table's geometry; `null` when it is not one. */
  plan(): GeometryColumnPlan | null {
    const { geometries, candidate, valuesCount } = this;
    const shareMin = candidate.isNamed ? readableShareMin : 1;
    if (geometries === 0 || geometries < shareMin * valuesCount) return null;
    return this.planAsGiven();
  }

  private get isHopeless(): boolean {
    return !this.candidate.isNamed && this.unreadable.count + this.notDegrees.count > 0;
  }

  private get valuesCount(): number {
    return this.geometries + this.unreadable.count + this.notDegrees.count;
  }

  private countGeometry(): void {
    this.geometries++;
    this.kinds |= 1 << this.kind;
    if (this.hasOpenRing) this.openRings++;
    if (this.hasArea) this.hasAreas = true;
    if (isForeign(this.srid) && this.srids.size < sridsMax) this.srids.add(this.srid);
  }
}

function countLine(counted: LineCount, line: number): void {
  counted.count++;
  if (counted.lines.length < linesNamedMax) counted.lines.push(line);
}
