/** The kinds of geometries, as well-known binary numbers them. */
export const geometryKind = {
  point: 1,
  lineString: 2,
  polygon: 3,
  multiPoint: 4,
  multiLineString: 5,
  multiPolygon: 6,
  collection: 7,
} as const;
