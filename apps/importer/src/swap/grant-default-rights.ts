import type { Client } from 'pg';

/**
 * Gives a new table the rights that its schema's owner set for new tables (`ALTER DEFAULT PRIVILEGES IN SCHEMA …`).
 * PostgreSQL gives them by the schema in which a table is created, which for ours is the staging schema.
 */
export async function grantDefaultRights(client: Client, schema: string, table: string): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('GRANT %s ON %I.%I TO %s%s', a.privilege_type, $1::text, $2::text,
                   CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                   CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
       FROM pg_default_acl d
       JOIN pg_namespace n ON n.oid = d.defaclnamespace AND n.nspname = $1
       JOIN pg_roles r ON r.oid = d.defaclrole AND r.rolname = current_user, aclexplode(d.defaclacl) a
      WHERE d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole`,
    [schema, table],
  );
  for (const { sql } of rows) await client.query(sql);
}
