import type { CountryColumnPlan } from './country-evidence.js';
import type { PointColumns } from './find-point-columns.js';
import type { GeometryColumnPlan } from './geometry-evidence.js';

/** Where the geometry of each row comes from. */
export type PlacePlan =
  | { readonly from: 'nowhere' }
  /** A field of the format that is a geometry and nothing else. */
  | ({ readonly from: 'format' } & GeometryColumnPlan)
  /** A column of text that becomes the geometry. */
  | ({ readonly from: 'text' } & GeometryColumnPlan)
  /** Two columns of numbers, which stay. */
  | ({ readonly from: 'point' } & PointColumns)
  /** A column of names or codes of countries, which stays. */
  | ({ readonly from: 'country' } & CountryColumnPlan);

/** The field that becomes the geometry and is no column of its own; `null` when there is none. */
export function geometryFieldOf(place: PlacePlan): number | null {
  return place.from === 'format' || place.from === 'text' ? place.column : null;
}

/** Whether the geometry is made of other values, and no field becomes it. */
export function isGeometryMade(place: PlacePlan): boolean {
  return place.from === 'point' || place.from === 'country';
}

/** Whether the database brings the geometries into degrees and onto the map, and not the importer. */
export function isReprojected(place: PlacePlan): boolean {
  return foreignSridsOf(place).length > 0;
}

/** The reference systems out of which the geometries must be brought into degrees. */
export function foreignSridsOf(place: PlacePlan): readonly number[] {
  return place.from === 'text' || place.from === 'format' ? place.srids : [];
}

/** The type of the table's geometries, as PostGIS names it. */
export function geometryTypeOf(place: PlacePlan): 'Geometry' | 'Point' {
  return place.from === 'point' ? 'Point' : 'Geometry';
}

/** Whether rows loaded by one plan are as they would be by the other. */
export function isSamePlace(one: PlacePlan, other: PlacePlan): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
