import { type Client, escapeIdentifier } from 'pg';
import { geometryColumn, webmercatorColumn } from '../columns/name-columns.js';

/** An index that somebody added to the table. */
export interface ExtraIndex {
  name: string;
  /** What it is called to the customer. */
  object: string;
  /** From `USING` on: method, columns, predicate. */
  definition: string;
  isUnique: boolean;
  /** The `UNIQUE` constraint that owns it, as it is attached by name: `c` or `c DEFERRABLE`; `null` without one. */
  constraint: { name: string; timing: string } | null;
}

/**
 * The indexes of a table besides those that every table of ours has: the key, and one by each geometry.
 * The connection's `search_path` must be empty.
 */
export async function readExtraIndexes(client: Client, tableOid: string): Promise<ExtraIndex[]> {
  const { rows } = await client.query<ExtraIndex>(
    `SELECT i.relname AS name,
            'index ' || quote_ident(i.relname) AS object,
            x.indisunique AS "isUnique",
            CASE WHEN k.oid IS NULL THEN NULL ELSE jsonb_build_object('name', k.conname, 'timing',
              CASE WHEN k.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN k.condeferrable THEN 'DEFERRABLE' ELSE '' END)
            END AS "constraint",
            -- What comes before USING is known to the letter, so no name in it can mislead.
            substr(pg_get_indexdef(i.oid), 1 + length(format('CREATE %sINDEX %I ON %s ',
              CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END, i.relname, x.indrelid::regclass))) AS definition
       FROM pg_index x
       JOIN pg_class i ON i.oid = x.indexrelid
       LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype = 'u'
      -- An exclusion constraint cannot be attached to an index that is there, so it is left to the constraints.
      WHERE x.indrelid = $1 AND NOT x.indisprimary AND NOT x.indisexclusion AND x.indisvalid
        AND NOT (pg_get_indexdef(i.oid) LIKE '% USING gist (' || $2 || ')' OR pg_get_indexdef(i.oid) LIKE '% USING gist (' || $3 || ')')
      ORDER BY i.relname`,
    [tableOid, geometryColumn, webmercatorColumn],
  );
  return rows;
}

/** The name of the n-th extra index while its table is a staging table. */
export function stagingExtraIndexName(stagingTableName: string, position: number): string {
  return `${stagingTableName}_x${position}`;
}

/** The statement that builds an extra index on another table, under another name. */
export function buildExtraIndexSql(index: ExtraIndex, table: string, name: string): string {
  return `CREATE ${index.isUnique ? 'UNIQUE ' : ''}INDEX ${escapeIdentifier(name)} ON ${table} ${index.definition}`;
}
