import { SyncError } from '@tidetable/contracts';
import { freeName, transliterate } from './sanitize-name.js';

/** What PostgreSQL allows one table to have, less the three columns that every table of ours has. */
export const tableColumnsMax = 1600 - 3;

/** Names of our own columns: the row's key and its geometry in degrees and for maps. */
export const keyColumn = 'cartodb_id';
export const geometryColumn = 'the_geom';
export const webmercatorColumn = 'the_geom_webmercator';

/** Words that cannot be used as a column without quoting, or that collide with columns every table has. */
const reservedNames = new Set(
  (
    'tableoid xmin cmin xmax cmax ctid all analyse analyze and any array as asc asymmetric authorization binary ' +
    'both case cast check collate collation column concurrently constraint create cross current_catalog ' +
    'current_date current_role current_schema current_time current_timestamp current_user default deferrable desc ' +
    'distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially ' +
    'inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not ' +
    'notnull null offset on only or order outer overlaps placing primary references returning right select ' +
    'session_user similar some symmetric table tablesample then to trailing true union unique user using variadic ' +
    'verbose when where window with between new off old format controller action'
  ).split(' '),
);

/**
 * A header as a column's name: lower-case ASCII letters, digits and underscores, beginning with a letter or an
 * underscore, not reserved. Empty when nothing of the header can be used. Applying it again changes nothing.
 */
export function sanitizeColumnName(header: string): string {
  const words = transliterate(header)
    .replace(/<[^>]+>/g, '')
    .replace(/&[^;\s]{1,10};/g, ' ')
    .replace(/[^a-z0-9 _-]/g, ' ')
    .trim()
    .replace(/[ _-]+/g, '_');
  if (words === '' || words === '_') return '';
  return reservedNames.has(words) || !/^[a-z_]/.test(words) ? `_${words}` : words;
}

/**
 * Names for all columns of a file: unique, within PostgreSQL's length, stable for the same headers.
 * Columns without a usable header are `field_1`, `field_2`, … by position; later ones of the same name get
 * `_1`, `_2`, …. A column called like one of our geometry columns gets `_str`, since it holds text; `cartodb_id`
 * keeps its name and becomes the key.
 * The field at `geometry`, if any, is the row's geometry and named as such.
 *
 * @throws SyncError `columns-too-many`
 */
export function nameColumns(headers: readonly (string | null)[], geometry: number | null = null): string[] {
  if (headers.length > tableColumnsMax) {
    throw new SyncError(
      'columns-too-many',
      `it has ${headers.length} columns, at most ${tableColumnsMax} are possible`,
    );
  }
  const taken = new Set<string>([geometryColumn, webmercatorColumn]);
  return headers.map((header, index) => {
    if (index === geometry) return geometryColumn;
    const sanitized = header === null ? '' : sanitizeColumnName(header);
    const wanted = sanitized === '' ? `field_${index + 1}` : sanitized;
    const isGeometry = wanted === geometryColumn || wanted === webmercatorColumn;
    const name = freeName(isGeometry ? `${wanted}_str` : wanted, (candidate) => taken.has(candidate));
    if (name === null) throw new Error('more names are taken than there are columns');
    taken.add(name);
    return name;
  });
}
