import { type Client, escapeIdentifier } from 'pg';

/** How many are named; a table with more has the rest left out. */
const namedMax = 5;

/**
 * Names what keeps a table from being dropped, as `view demo.v` or `constraint c on demo.t`, for the customer who
 * has to remove it.
 */
export async function listDependents(client: Client, schema: string, table: string): Promise<string[]> {
  // Views depend on a table through their rewrite rule; foreign keys of others point to it.
  const { rows } = await client.query<{ dependent: string }>(
    `WITH target AS (
       SELECT c.oid FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relname = $2
     )
     SELECT DISTINCT CASE v.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END
              || v.relnamespace::regnamespace || '.' || quote_ident(v.relname) AS dependent
       FROM pg_depend d
       JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
       JOIN pg_class v ON v.oid = r.ev_class
       JOIN target t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
      WHERE v.oid <> t.oid
     UNION
     SELECT 'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass
       FROM pg_constraint k JOIN target t ON k.confrelid = t.oid
      WHERE k.contype = 'f' AND k.conrelid <> t.oid
     UNION
     -- Whatever else: tables that inherit from it, columns and functions that use its row type, …
     SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
       FROM pg_depend d JOIN target t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
         OR d.refclassid = 'pg_type'::regclass
            AND d.refobjid IN (SELECT unnest(ARRAY[oid, typarray]) FROM pg_type WHERE typrelid = t.oid)
      WHERE d.deptype = 'n' AND d.classid NOT IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass)
      ORDER BY dependent LIMIT ${namedMax}`,
    [escapeIdentifier(schema), table],
  );
  return rows.map((row) => row.dependent);
}
