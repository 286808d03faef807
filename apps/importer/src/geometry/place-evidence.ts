import { CountryEvidence } from './country-evidence.js';
import type { CountryColumnPlan } from './country-evidence.js';
import { rankGeometryColumns } from './find-geometry-columns.js';
import { findPointColumns, type PointColumns } from './find-point-columns.js';
import { GeometryBuffer } from './geometry-buffer.js';
import { type GeometryColumnPlan, GeometryEvidence } from './geometry-evidence.js';
import { parseCoordinate, PointEvidence } from './point-evidence.js';
import type { GeometryReading } from './read-geometry.js';

/** Where the geometry of each row comes from. */
export type PlacePlan =
  | { readonly from: 'nowhere' }
  /** A field of the format that is a geometry and nothing else. */
  | { readonly from: 'format'; readonly column: number }
  /** A column of text that becomes the geometry. */
  | ({ readonly from: 'text' } & GeometryColumnPlan)
  /** Two columns of numbers, which stay. */
  | ({ readonly from: 'point' } & PointColumns)
  /** A column of names or codes of countries, which stays. */
  | ({ readonly from: 'country' } & CountryColumnPlan);

/** What the file, and its customer, say beforehand. */
export interface PlaceHints {
  readonly headers: readonly (string | null)[];
  /** The field that is a geometry by its format, `null` where there is none. */
  readonly formatColumn: number | null;
  /** Whether columns of numbers may make points. */
  readonly typeGuessing: boolean;
  /** Whether countries are to be found. */
  readonly contentGuessing: boolean;
}

/** The columns that are text, and those that are numbers, by the types that they have. */
export interface PlaceTypes {
  isText(column: number): boolean;
  isNumber(column: number): boolean;
}

/**
 * What all values of a file say of where its rows are. In this order: a geometry of the format's own, a column of
 * geometries, longitude and latitude, countries.
 *
 * The values of a row count once `endRow` says that it is complete.
 */
export class PlaceEvidence {
  /** The geometry that was read last. */
  readonly buffer = new GeometryBuffer();
  /** What the last value was that was read as a geometry. */
  reading: GeometryReading = 'empty';
  /** The country that the last value named which was looked up, `null` for none. */
  country: string | null = null;
  readonly points: PointEvidence | null;
  private readonly geometryOf: (GeometryEvidence | undefined)[] = [];
  private readonly countryOf: (CountryEvidence | undefined)[] = [];
  private longitude = NaN;
  private latitude = NaN;

  private constructor(
    private readonly hints: PlaceHints,
    /** The columns that may be the geometry, in the order in which they are tried. */
    readonly geometries: readonly GeometryEvidence[],
    /** The columns that may name countries. */
    readonly countries: readonly CountryEvidence[],
  ) {
    for (const evidence of geometries) this.geometryOf[evidence.candidate.column] = evidence;
    for (const evidence of countries) this.countryOf[evidence.column] = evidence;
    const columns =
      hints.typeGuessing && hints.formatColumn === null ? findPointColumns(hints.headers) : null;
    this.points = columns === null ? null : new PointEvidence(columns);
  }

  /** Nothing has been seen yet, so every column may be anything. */
  static ofAllColumns(hints: PlaceHints): PlaceEvidence {
    const { headers, formatColumn, contentGuessing } = hints;
    if (formatColumn !== null) return new PlaceEvidence(hints, [], []);
    return new PlaceEvidence(
      hints,
      rankGeometryColumns(headers).map((candidate) => new GeometryEvidence(candidate)),
      contentGuessing ? headers.map((header, column) => new CountryEvidence(column, header)) : [],
    );
  }

  /** Whether the values of a column are of interest for more than numbers. */
  isWatched(column: number): boolean {
    return this.geometryOf[column] !== undefined || this.countryOf[column] !== undefined;
  }

  /** Takes a value of such a column. */
  observe(column: number, bytes: Buffer, start: number, end: number): void {
    const geometry = this.geometryOf[column];
    if (geometry !== undefined) this.reading = geometry.observe(bytes, start, end, this.buffer);
    const country = this.countryOf[column];
    if (country !== undefined) this.country = country.observe(bytes, start, end);
  }

  /** Takes a value of any column for its number, if it may be a coordinate. */
  observeNumber(column: number, bytes: Buffer, start: number, end: number): void {
    if (column === this.points?.columns.longitude) this.longitude = parseCoordinate(bytes, start, end);
    else if (column === this.points?.columns.latitude) this.latitude = parseCoordinate(bytes, start, end);
  }

  /** Takes the coordinates of the row from whoever read them already. */
  observePair(longitude: number, latitude: number): void {
    this.longitude = longitude;
    this.latitude = latitude;
  }

  /** The row is complete. */
  endRow(line: number): void {
    for (const evidence of this.geometries) evidence.endRow(line);
    for (const evidence of this.countries) evidence.endRow(line);
    this.points?.observe(this.longitude, this.latitude);
    this.longitude = NaN;
    this.latitude = NaN;
  }

  /** The row will be given again, or not at all. */
  abandonRow(): void {
    for (const evidence of this.geometries) evidence.abandonRow();
    for (const evidence of this.countries) evidence.abandonRow();
    this.longitude = NaN;
    this.latitude = NaN;
  }

  /** To see all values from the first on, of the columns that may still be something after those that were seen. */
  anew(): PlaceEvidence {
    return new PlaceEvidence(
      this.hints,
      this.geometries
        .filter(({ isPossible }) => isPossible)
        .map(({ candidate }) => new GeometryEvidence(candidate)),
      this.countries
        .filter(({ isPossible }) => isPossible)
        .map(({ column }) => new CountryEvidence(column, this.hints.headers[column] ?? null)),
    );
  }

  /** Where the geometry of each row comes from, by what was seen. */
  plan(types: PlaceTypes): PlacePlan {
    const { formatColumn } = this.hints;
    if (formatColumn !== null) return { from: 'format', column: formatColumn };
    for (const evidence of this.geometries) {
      const text = types.isText(evidence.candidate.column) ? evidence.plan() : null;
      if (text !== null) return { from: 'text', ...text };
    }
    const point = this.pointOf(types);
    if (point !== null) return { from: 'point', ...point };
    const country = this.countriesOf(types);
    return country === null ? { from: 'nowhere' } : { from: 'country', ...country };
  }

  /** The first column named for countries, or else the one with most of them, that names countries. */
  provenCountries(types: PlaceTypes): CountryEvidence | null {
    const proven = this.countries.filter(({ column, isProven }) => isProven && types.isText(column));
    return (
      proven.find(({ isNamed }) => isNamed) ??
      proven.reduce<CountryEvidence | null>(
        (best, next) => (best === null || next.share > best.share ? next : best),
        null,
      )
    );
  }

  private pointOf(types: PlaceTypes): PointColumns | null {
    const point = this.points?.plan() ?? null;
    return point !== null && types.isNumber(point.longitude) && types.isNumber(point.latitude) ? point : null;
  }

  private countriesOf(types: PlaceTypes): CountryColumnPlan | null {
    const evidence = this.provenCountries(types);
    const detail = evidence?.detail ?? null;
    return evidence === null || detail === null ? null : { column: evidence.column, detail };
  }
}

/** Whether rows loaded by one plan are as they would be by the other. */
export function isSamePlace(one: PlacePlan, other: PlacePlan): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
