import { CountryEvidence } from './country-evidence.js';
import type { CountryColumnPlan } from './country-evidence.js';
import { rankGeometryColumns } from './find-geometry-columns.js';
import { findPointColumns, type PointColumns } from './find-point-columns.js';
import { GeometryBuffer } from './geometry-buffer.js';
import { GeometryEvidence } from './geometry-evidence.js';
import type { PlacePlan } from './place-plan.js';
import { parseCoordinate, PointEvidence } from './point-evidence.js';
import type { GeometryReading } from './read-geometry.js';

/** What the file, and its customer, say beforehand. */
export interface PlaceHints {
  readonly headers: readonly (string | null)[];
  /** The field that is a geometry by its format, and how it is written; `null` where there is none. */
  readonly format: { readonly column: number; readonly encoding: 'bytes' | 'hex' } | null;
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
  /** The coordinates of the row, NaN where it has none; whoever reads them as numbers sets them. */
  longitude = NaN;
  latitude = NaN;
  readonly points: PointEvidence | null;
  private readonly geometryOf: (GeometryEvidence | undefined)[] = [];
  private readonly countryOf: (CountryEvidence | undefined)[] = [];

  private constructor(
    private readonly hints: PlaceHints,
    /** The columns that may be the geometry, in the order in which they are tried. */
    readonly geometries: readonly GeometryEvidence[],
    /** The columns that may name countries. */
    readonly countries: readonly CountryEvidence[],
  ) {
    for (const evidence of geometries) this.geometryOf[evidence.candidate.column] = evidence;
    for (const evidence of countries) this.countryOf[evidence.column] = evidence;
    const columns = hints.typeGuessing && hints.format === null ? findPointColumns(hints.headers) : null;
    this.points = columns === null ? null : new PointEvidence(columns);
  }

  /** Nothing has been seen yet, so every column may be anything. */
  static ofAllColumns(hints: PlaceHints): PlaceEvidence {
    const { headers, format, contentGuessing } = hints;
    if (format !== null) return PlaceEvidence.ofFormat(hints, format);
    return new PlaceEvidence(
      hints,
      rankGeometryColumns(headers).map((candidate) => new GeometryEvidence(candidate)),
      contentGuessing ? headers.map((header, column) => new CountryEvidence(column, header)) : [],
    );
  }

  /** Nothing says where rows are, but for coordinates that are told as numbers. */
  static ofNothing(): PlaceEvidence {
    return new PlaceEvidence(
      { headers: [], format: null, typeGuessing: false, contentGuessing: false },
      [],
      [],
    );
  }

  private static ofFormat(
    hints: PlaceHints,
    { column, encoding }: NonNullable<PlaceHints['format']>,
  ): PlaceEvidence {
    const candidate = { column, isNamed: true, isSurelyNamed: true };
    return new PlaceEvidence(hints, [new GeometryEvidence(candidate, encoding)], []);
  }

  /** Whether the values of a column are of interest; `hasNumbers`: coordinates are told as numbers by whoever reads them. */
  isWatched(column: number, hasNumbers = false): boolean {
    const isCoordinate =
      column === this.points?.columns.longitude || column === this.points?.columns.latitude;
    return (
      this.geometryOf[column] !== undefined ||
      this.countryOf[column] !== undefined ||
      (isCoordinate && !hasNumbers)
    );
  }

  /** Takes a value of such a column. */
  observe(column: number, bytes: Buffer, start: number, end: number): void {
    const geometry = this.geometryOf[column];
    if (geometry !== undefined) this.reading = geometry.observe(bytes, start, end, this.buffer);
    const country = this.countryOf[column];
    if (country !== undefined) this.country = country.observe(bytes, start, end);
    this.observeNumber(column, bytes, start, end);
  }

  /** Takes a value of any column for its number, if it may be a coordinate. */
  observeNumber(column: number, bytes: Buffer, start: number, end: number): void {
    if (column === this.points?.columns.longitude) this.longitude = parseCoordinate(bytes, start, end);
    else if (column === this.points?.columns.latitude) this.latitude = parseCoordinate(bytes, start, end);
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
        .map(({ candidate }) => new GeometryEvidence(candidate, this.hints.format?.encoding)),
      this.countries
        .filter(({ isPossible }) => isPossible)
        .map(({ column }) => new CountryEvidence(column, this.hints.headers[column] ?? null)),
    );
  }

  /** Where the geometry of each row comes from, by what was seen. */
  plan(types: PlaceTypes): PlacePlan {
    if (this.hints.format !== null) return { from: 'format', ...this.geometries[0]!.planAsGiven() };
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
