import type { Client } from 'pg';

/** A materialized view that reads the table: it cannot be redirected, so it is made again. */
export interface MaterializedView {
  object: string;
  dropSql: string;
  /** Makes it with its data, indexes, comment, rights and owner. */
  createSql: string[];
}

/** The materialized views that read a table. The connection's `search_path` must be empty. */
export async function readMaterializedViews(client: Client, tableOid: string): Promise<MaterializedView[]> {
  const { rows } = await client.query<MaterializedView>(
    `SELECT 'materialized view ' || name AS object,
            'DROP MATERIALIZED VIEW ' || name AS "dropSql",
            ARRAY['CREATE MATERIALIZED VIEW ' || name
                || coalesce(' WITH (' || array_to_string(v.reloptions, ', ') || ')', '')
                || ' AS ' || rtrim(pg_get_viewdef(v.oid), ';') || CASE WHEN v.relispopulated THEN '' ELSE ' WITH NO DATA' END]
              || ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = v.oid ORDER BY indexrelid)
              || ARRAY(SELECT format('COMMENT ON MATERIALIZED VIEW %s IS %L', name, description)
                         FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid = v.oid AND objsubid = 0)
              || ARRAY(SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, name,
                                     CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                                     CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                         FROM aclexplode(v.relacl) a WHERE a.grantee <> v.relowner)
              || ARRAY[format('ALTER MATERIALIZED VIEW %s OWNER TO %s', name, v.relowner::regrole)] AS "createSql"
       FROM (SELECT DISTINCT r.ev_class
               FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
              WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1) e
       JOIN pg_class v ON v.oid = e.ev_class AND v.relkind = 'm', LATERAL (SELECT v.oid::regclass::text) n (name)
      ORDER BY object`,
    [tableOid],
  );
  return rows;
}
