import pg from 'pg';
import { textTable } from './text-table.js';

/** The first rows of a customer's table, laid out as text, and how many it has. */
export interface FirstRows {
  text: string;
  shown: number;
  total: number;
}

const rowsShown = 6;
/** A second form of the same geometry, which tells a reader nothing. */
const leftOut = 'the_geom_webmercator';

/** Reads the first rows of `schema.table`, geometries as text; undefined when there is no such table. */
export async function firstRows(
  client: pg.Client,
  schema: string,
  table: string,
): Promise<FirstRows | undefined> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
      WHERE table_schema = $1 AND table_name = $2 AND column_name <> $3 ORDER BY ordinal_position`,
    [schema, table, leftOut],
  );
  if (columns.length === 0) return undefined;
  const from = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
  const list = columns.map(({ name, type }) => columnExpression(name, type)).join(', ');
  const text = `SELECT ${list} FROM ${from} ORDER BY 1 LIMIT ${rowsShown}`;
  const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
  const count = await client.query<{ total: number }>(`SELECT count(*)::integer AS total FROM ${from}`);
  const names = columns.map(({ name }) => name);
  return { text: textTable(names, rows), shown: rows.length, total: count.rows[0]?.total ?? 0 };
}

/** Text where the driver's own form would be unreadable, and numbers where it would be text. */
function columnExpression(name: string, type: string): string {
  const column = pg.escapeIdentifier(name);
  if (type === 'geometry') return `ST_AsText(${column}, 3)`;
  if (type === 'int8' || type === 'numeric') return `${column}::float8`;
  return type.startsWith('timestamp') || type === 'date' ? `${column}::text` : column;
}
