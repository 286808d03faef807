import { nameCharactersMax, transliterate } from '../columns/sanitize-name.js';

/** Extensions that say what a file is and nothing about what it holds. */
const dataExtensions =
  /(\.osm)?\.(csv|tsv|psv|txt|tab|dat|json|jsonl|ndjson|geojson[ls]?|shp|mif|gdb|gpkg|kml|kmz|gpx|gml|fgb|osm|pbf|(geo)?parquet|xlsx|xls|ods)$/i;

/** Names that a table must not have: SQL's words, PostGIS's tables, and names the API or maps use. */
const reservedNames = new Set(
  (
    'spatial_ref_sys geography_columns geometry_columns raster_columns raster_overviews cdb_tablemetadata geometry ' +
    'raster layergroup all public analyse analyze and any array as asc asymmetric both case cast check collate ' +
    'column constraint create default deferrable desc distinct do else end except false fetch for foreign from ' +
    'grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset ' +
    'on only or order placing primary references returning select session_user some symmetric table then to ' +
    'trailing true union unique user using variadic when where window with'
  ).split(' '),
);

/**
 * The name that a table should have, by the name the customer asked for or the file's: lower-case ASCII letters,
 * digits and underscores, beginning with a letter, at most 63 characters, not reserved. Applying it again changes
 * nothing. Whether it is free is another question.
 */
export function proposeTableName(wanted: string): string {
  const words = transliterate(wanted.trim().replace(dataExtensions, ''))
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/_+/g, '_')
    .replace(/^_|_$/g, '');
  if (words === '') return 'untitled_table';
  const named = (/^[a-z]/.test(words) ? words : `table_${words}`)
    .slice(0, nameCharactersMax)
    .replace(/_$/, '');
  return reservedNames.has(named) ? `${named}_t` : named;
}
