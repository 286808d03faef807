import { isPlace } from './encode-point.js';
import type { PointCandidate, PointColumns } from './find-point-columns.js';

/** Coordinates are degrees when at least so many pairs are a place on earth. */
const placesShareMin = 0.5;
/**
 * Pairs that can only be right the other way round show that all are swapped when they are half of all, or, in a file of
 * some length, where nobody mistypes so many, at least so many of all.
 */
const swappedShareMin = 0.5;
const swappedShareOfManyMin = 0.1;
const swappedManyMin = 10;

/** Why two columns named like coordinates make no points. */
export type PointDoubt = 'swapped' | 'not-degrees';

/** A number as people write coordinates, with a decimal point or comma; NaN for anything else. */
export function parseCoordinate(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end).trim().replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : NaN;
}

/** What the pairs of two columns say of whether they are longitude and latitude. Rows as for `GeometryEvidence`. */
export class PointEvidence {
  private pairs = 0;
  private places = 0;
  /** Pairs that can be places only as they are, and only the other way round. */
  private straight = 0;
  private swapped = 0;
  private hasFractions = false;

  constructor(readonly columns: PointCandidate) {}

  /** Takes the pair of a complete row; NaN is no number. */
  observe(longitude: number, latitude: number): void {
    if (Number.isNaN(longitude) || Number.isNaN(latitude)) return;
    this.pairs++;
    if (isPlace(longitude, latitude)) this.places++;
    const [x, y] = [Math.abs(longitude), Math.abs(latitude)];
    if (x > 90 && x <= 180 && y <= 90) this.straight++;
    if (y > 90 && y <= 180 && x <= 90) this.swapped++;
    if (!Number.isInteger(longitude) || !Number.isInteger(latitude)) this.hasFractions = true;
  }

  /** The columns, when each row's pair makes a point. */
  plan(): PointColumns | null {
    const { longitude, latitude, isNamedForDegrees } = this.columns;
    const isSure = isNamedForDegrees || (this.places === this.pairs && this.hasFractions);
    return this.pairs > 0 && isSure && this.doubt() === null ? { longitude, latitude } : null;
  }

  /** Why columns with numbers make no points although their names say so; `null` when they do, or do not say so. */
  doubt(): PointDoubt | null {
    if (!this.columns.isNamedForDegrees) return null;
    if (this.isSwapped) return 'swapped';
    return this.places >= placesShareMin * this.pairs ? null : 'not-degrees';
  }

  private get isSwapped(): boolean {
    const shareMin = this.swapped >= swappedManyMin ? swappedShareOfManyMin : swappedShareMin;
    return this.swapped > this.straight && this.swapped >= shareMin * this.pairs;
  }
}
