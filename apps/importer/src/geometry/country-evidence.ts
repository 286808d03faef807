import { countryOfCode, countryOfName, countryShape, type ShapeDetail } from '@tidetable/countries';
import { compactName } from './find-geometry-columns.js';

/** At least so many of the rows with a value must name a country, and so many of the different values. */
const rowsShareMin = 0.9;
const valuesShareMin = 0.8;
/** What the beginning of a file may have at least, if the rest can still make up for it. */
const possibleShareMin = 0.5;
/** A column that is not named for countries must name so many. */
const countriesMin = 3;
/** A column with more different values names something else. */
const valuesMax = 2_000;
/** No country has a longer name, in bytes of UTF-8. */
const nameBytesMax = 200;
/** So much may the fine shapes of all rows take, in degrees and as many again for maps; and the coarse ones. */
export const shapesBytesMax: Readonly<Record<ShapeDetail, number>> = {
  fine: 256 * 1024 * 1024,
  coarse: 1024 * 1024 * 1024,
};
const linesNamedMax = 3;

const countryWords =
  /^(the)?(country|countries|nation|land|pays|pais|país|paese|страна|iso|iso2|iso3|iso31661|isoa2|isoa3|adm0a3|cca2|cca3|alpha2|alpha3)|(country|countryname|countrycode|pais|pays|land|iso2|iso3)$/;

/** How a column of countries is loaded. */
export interface CountryColumnPlan {
  readonly column: number;
  readonly detail: ShapeDetail;
}

/**
 * What the values of a column say of whether it names countries. Rows as for `GeometryEvidence`.
 *
 * Codes count in capital letters only where the header does not speak of countries: `it` and `no` are words.
 */
export class CountryEvidence {
  /** The rows whose value names no country, or one that is too small to be drawn, and the first of them. */
  unmatched = { count: 0, lines: [] as number[] };
  /** Whether the header speaks of countries. */
  readonly isNamed: boolean;
  private readonly known = new Map<string, string | null>();
  private readonly rowsOf = new Map<string, number>();
  private rows = 0;
  private current: string | null | undefined;

  constructor(
    readonly column: number,
    header: string | null,
  ) {
    this.isNamed = countryWords.test(compactName(header));
  }

  /** The alpha-2 code of the country that the row's value names; `null` when it names none. */
  observe(bytes: Buffer, start: number, end: number): string | null {
    while (start < end && bytes[start]! <= 0x20) start++;
    while (end > start && bytes[end - 1]! <= 0x20) end--;
    this.current = start === end ? undefined : this.countryOf(bytes, start, end);
    return this.current ?? null;
  }

  endRow(line: number): void {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    this.rows++;
    if (current !== null) this.rowsOf.set(current, (this.rowsOf.get(current) ?? 0) + 1);
    if (current !== null && countryShape(current, 'coarse') !== null) return;
    this.unmatched.count++;
    if (this.unmatched.lines.length < linesNamedMax) this.unmatched.lines.push(line);
  }

  abandonRow(): void {
    this.current = undefined;
  }

  /** The share of rows with a value that name a country. */
  get share(): number {
    const matched = [...this.rowsOf.values()].reduce((sum, rows) => sum + rows, 0);
    return this.rows === 0 ? 0 : matched / this.rows;
  }

  /** Whether it may still be one, by the values so far. */
  get isPossible(): boolean {
    const isOpen = this.rows === 0 ? this.isNamed : this.share >= possibleShareMin;
    return isOpen && this.known.size <= valuesMax;
  }

  /** Whether the column nearly names countries, so that it is a surprise that it does not. */
  get isNearMiss(): boolean {
    return !this.isProven && this.isPossible && this.rowsOf.size >= (this.isNamed ? 1 : countriesMin);
  }

  /** Whether the column names countries. */
  get isProven(): boolean {
    const matched = [...this.known.values()].filter((country) => country !== null).length;
    return (
      this.known.size <= valuesMax &&
      this.rowsOf.size >= (this.isNamed ? 1 : countriesMin) &&
      this.share >= rowsShareMin &&
      matched >= valuesShareMin * this.known.size
    );
  }

  /** How finely the shapes of all rows can be drawn; `null` when they would take too much room in any case. */
  get detail(): ShapeDetail | null {
    return (
      (['fine', 'coarse'] as const).find((detail) => this.shapesBytes(detail) <= shapesBytesMax[detail]) ??
      null
    );
  }

  private shapesBytes(detail: ShapeDetail): number {
    let bytes = 0;
    for (const [country, rows] of this.rowsOf) {
      bytes += rows * (countryShape(country, detail)?.degrees.length ?? 0);
    }
    return bytes;
  }

  private countryOf(bytes: Buffer, start: number, end: number): string | null {
    // A column with so many values names something else: nothing more needs to be known of it.
    if (end - start > nameBytesMax || this.known.size > valuesMax) return null;
    const text = bytes.toString('utf8', start, end);
    let country = this.known.get(text);
    if (country === undefined) {
      country = countryOfCode(this.isNamed ? text.toUpperCase() : text) ?? countryOfName(text);
      this.known.set(text, country);
    }
    return country;
  }
}
