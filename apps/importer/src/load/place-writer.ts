import { geometryKind } from '../formats/geometry-kind.js';
import { countryShape, type ShapeDetail } from '@tidetable/countries';
import { shapesBytesMax } from '../geometry/country-evidence.js';
import { isPlace, webmercatorLatitudeMax } from '../geometry/encode-point.js';
import type { PlaceEvidence } from '../geometry/place-evidence.js';
import { geometryFieldOf, isGeometryMade, isReprojected, type PlacePlan } from '../geometry/place-plan.js';
import type { CopyBuffer } from './copy-buffer.js';

/**
 * Writes where each row is: its geometry, in the place of the field that becomes it, or after the others where it is made
 * of their values; then its place on the map, unless the database computes that.
 */
export class PlaceWriter {
  /** Rows that have a geometry. */
  geometries = 0;
  /** Rows whose geometry reaches beyond the map, but for points: the database is to put the rest of it there. */
  unmapped = 0;
  /** Rows whose coordinates are numbers but no place on earth. */
  placesRefused = 0;
  /** West, south, east and north of the points that were made of numbers. */
  readonly pointBounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  /** How many the geometry of this row has so far, closing ones included; 0 where it is made of other values. */
  vertices = 0;
  /** How many fields come after those of the file. */
  readonly ownFields: number;

  private readonly isMapped: boolean;
  private readonly isReprojected: boolean;
  private readonly multiPoints: boolean;
  private country: string | null = null;
  private hasField = false;
  private isCut = false;
  private areasBytes = 0;
  private mappedStart = 0;
  private mappedEnd = 0;

  constructor(
    private readonly out: CopyBuffer,
    private readonly places: PlaceEvidence,
    private readonly place: PlacePlan,
  ) {
    this.isReprojected = isReprojected(place);
    this.isMapped = geometryFieldOf(place) !== null && !this.isReprojected;
    this.multiPoints = (place.from === 'text' || place.from === 'format') && place.multiPoints;
    this.ownFields = isGeometryMade(place) ? 2 : this.isMapped ? 1 : 0;
  }

  /** Whether all areas of countries still have the room that they may take. */
  get hasRoom(): boolean {
    return this.place.from !== 'country' || this.areasBytes <= shapesBytesMax[this.place.detail];
  }

  beginRow(): void {
    this.country = null;
    this.hasField = false;
    this.isCut = false;
    this.vertices = 0;
    this.mappedEnd = 0;
  }

  /** The row is in the country that was looked up last. */
  takeCountry(): void {
    this.country = this.places.country;
  }

  /** Writes the field that becomes the geometry, as it was read last. */
  writeField(): void {
    const { reading, buffer } = this.places;
    if (reading !== 'geometry') {
      this.out.writeNull();
      return;
    }
    this.hasField = true;
    this.vertices = buffer.coordinates;
    buffer.seal(this.multiPoints, this.isReprojected);
    this.out.writeBytes(buffer.bytes, buffer.start, buffer.end);
    if (this.isMapped) this.mapGeometry();
  }

  /** Writes what comes after the fields of the file, and counts: until now the row could have been abandoned. */
  endRow(): void {
    if (this.hasField) this.geometries++;
    if (this.isCut) this.unmapped++;
    if (this.place.from === 'point') this.writePoint();
    else if (this.place.from === 'country') this.writeCountry(this.place.detail);
    else if (this.isMapped) this.writeMapped();
  }

  /** Projects the geometry at once, since other columns of the row may have one as well. */
  private mapGeometry(): void {
    const { buffer } = this.places;
    if (buffer.project()) {
      this.mappedStart = buffer.start;
      this.mappedEnd = buffer.end;
    } else this.isCut = buffer.kind !== geometryKind.point;
  }

  private writeMapped(): void {
    if (this.mappedEnd === 0) this.out.writeNull();
    else this.out.writeBytes(this.places.buffer.mapped, this.mappedStart, this.mappedEnd);
  }

  private writePoint(): void {
    const { longitude, latitude } = this.places;
    const known = !Number.isNaN(longitude) && !Number.isNaN(latitude);
    if (!known || !isPlace(longitude, latitude)) {
      if (known) this.placesRefused++;
      this.out.writeNull();
      this.out.writeNull();
      return;
    }
    this.geometries++;
    this.extend(longitude, latitude);
    this.out.writeDegreesPoint(longitude, latitude);
    if (Math.abs(latitude) > webmercatorLatitudeMax) this.out.writeNull();
    else this.out.writeWebmercatorPoint(longitude, latitude);
  }

  private extend(longitude: number, latitude: number): void {
    const { pointBounds: bounds } = this;
    if (longitude < bounds[0]) bounds[0] = longitude;
    if (latitude < bounds[1]) bounds[1] = latitude;
    if (longitude > bounds[2]) bounds[2] = longitude;
    if (latitude > bounds[3]) bounds[3] = latitude;
  }

  private writeCountry(detail: ShapeDetail): void {
    const shape = this.country === null ? null : countryShape(this.country, detail);
    if (shape === null) {
      this.out.writeNull();
      this.out.writeNull();
      return;
    }
    this.geometries++;
    this.out.writeBytes(shape.degrees, 0, shape.degrees.length);
    this.out.writeBytes(shape.webmercator, 0, shape.webmercator.length);
    this.areasBytes += shape.degrees.length;
  }
}
