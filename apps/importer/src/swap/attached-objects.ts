import type { Client } from 'pg';

/** Something attached to a table, and the statement that attaches it to the table which takes its place. */
export interface Attachment {
  /** What it is, for the customer when it cannot be carried over: `view demo.v`, `index demo.ports_code`. */
  object: string;
  sql: string;
}

/**
 * Reads what is attached to a table as statements that refer to it by its name. The connection's `search_path` must
 * be empty, so that every name in them is complete.
 */
type ReadAttachments = (client: Client, tableOid: string) => Promise<Attachment[]>;

function reading(sql: string): ReadAttachments {
  return async (client, tableOid) => (await client.query<Attachment>(sql, [tableOid])).rows;
}

/** Views that read the table: they keep their identity, and with it whatever depends on them. */
export const readViews = reading(`
  SELECT DISTINCT 'view ' || v.oid::regclass AS object,
         'CREATE OR REPLACE VIEW ' || v.oid::regclass
           || coalesce(' WITH (' || array_to_string(v.reloptions, ', ') || ')', '')
           || ' AS ' || pg_get_viewdef(v.oid) AS sql
    FROM pg_depend d
    JOIN pg_rewrite r ON r.oid = d.objid
    JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
   WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1
   ORDER BY object`);

/** A foreign key of another table that points to the table, with the statement that takes it away meanwhile. */
interface ForeignKey extends Attachment {
  releaseSql: string;
}

/** Foreign keys of other tables that point to the table; the rows of the new table must satisfy them. */
export async function readForeignKeysToIt(client: Client, tableOid: string): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT format('constraint %I on %s', k.conname, k.conrelid::regclass) AS object,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS sql,
            format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS "releaseSql"
       FROM pg_constraint k
      WHERE k.confrelid = $1 AND k.contype = 'f' AND k.conrelid <> k.confrelid AND k.conparentid = 0
      ORDER BY object`,
    [tableOid],
  );
  return rows;
}

/** The table's own checks and foreign keys, which its new rows must satisfy too. */
const readConstraints = reading(`
  SELECT format('constraint %I', k.conname) AS object,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS sql
    FROM pg_constraint k
   WHERE k.conrelid = $1 AND k.contype IN ('c', 'f', 'x')
   ORDER BY k.contype, object`);

const readOwner = reading(`
  SELECT 'owner ' || c.relowner::regrole AS object, format('ALTER TABLE %s OWNER TO %s', c.oid::regclass, c.relowner::regrole) AS sql
    FROM pg_class c
   WHERE c.oid = $1 AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)`);

/** What new tables get by default would come back although somebody revoked it: the rights begin empty. */
const readRevocations = reading(`
  SELECT DISTINCT 'rights' AS object,
         format('REVOKE ALL ON %s FROM %s', old.oid::regclass,
                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END) AS sql
    FROM pg_class old
    JOIN pg_default_acl d ON d.defaclobjtype = 'r' AND d.defaclnamespace = 0,
         aclexplode(d.defaclacl) a
   WHERE old.oid = $1 AND a.grantee <> old.relowner
  UNION ALL
  SELECT 'rights', format('REVOKE ALL ON %s FROM %s', oid::regclass, relowner::regrole)
    FROM pg_class WHERE oid = $1 AND relacl IS NOT NULL`);

/** Rights on the table and on its columns, as they were granted; a role's right to grant them on stays with it. */
const readGrants = reading(`
  WITH granted AS (
    SELECT a.*, NULL::name AS attname FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1
    UNION ALL
    SELECT x.*, a.attname FROM pg_attribute a, aclexplode(a.attacl) x
     WHERE a.attrelid = $1 AND NOT a.attisdropped)
  SELECT format('right %s of %s', privilege_type, grantee_name) AS object,
         format('GRANT %s%s ON %s TO %s%s', privilege_type, coalesce(' (' || quote_ident(attname) || ')', ''),
                $1::oid::regclass, grantee_name, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
    FROM granted, LATERAL (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END) g (grantee_name)
   ORDER BY sql`);

const readComments = reading(`
  SELECT 'comment' AS object,
         CASE d.objsubid WHEN 0 THEN format('COMMENT ON TABLE %s IS %L', $1::oid::regclass, d.description)
              ELSE format('COMMENT ON COLUMN %s.%s IS %L', $1::oid::regclass, quote_ident(a.attname), d.description) END AS sql
    FROM pg_description d
    LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
   WHERE d.classoid = 'pg_class'::regclass AND d.objoid = $1
  UNION ALL
  SELECT 'comment', format('COMMENT ON INDEX %s IS %L', x.indexrelid::regclass, d.description)
    FROM pg_index x JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = x.indexrelid
   WHERE x.indrelid = $1
  UNION ALL
  SELECT 'comment', format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, $1::oid::regclass, d.description)
    FROM pg_constraint k JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
   WHERE k.conrelid = $1
  UNION ALL
  SELECT 'comment', format('COMMENT ON TRIGGER %I ON %s IS %L', t.tgname, $1::oid::regclass, d.description)
    FROM pg_trigger t JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid
   WHERE t.tgrelid = $1 AND NOT t.tgisinternal`);

/** What was set on columns: none of ours has a default but the key, and only the key may not be empty. */
const readColumnSettings = reading(`
  SELECT 'column ' || quote_ident(attname) AS object,
         format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', $1::oid::regclass, attname) AS sql
    FROM pg_attribute
   WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attnotnull AND attidentity = ''
  UNION ALL
  SELECT 'column ' || quote_ident(a.attname),
         format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', $1::oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
   WHERE d.adrelid = $1 AND a.attgenerated = '' AND a.attidentity = ''`);

const readRules = reading(`
  SELECT 'rule ' || quote_ident(rulename) AS object, pg_get_ruledef(oid) AS sql
    FROM pg_rewrite WHERE ev_class = $1 AND rulename <> '_RETURN' ORDER BY rulename`);

const readTriggers = reading(`
  SELECT 'trigger ' || quote_ident(t.tgname) AS object,
         pg_get_triggerdef(t.oid) || CASE t.tgenabled
           WHEN 'O' THEN ''
           ELSE format('; ALTER TABLE %s %s TRIGGER %I', $1::oid::regclass,
                       CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
                       t.tgname) END AS sql
    FROM pg_trigger t
   WHERE t.tgrelid = $1 AND NOT t.tgisinternal
   ORDER BY t.tgname`);

const readRowSecurity = reading(`
  SELECT 'policy ' || quote_ident(p.polname) AS object,
         format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, $1::oid::regclass,
                CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                              WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
                   FROM unnest(p.polroles) role))
           || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
           || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS sql
    FROM pg_policy p WHERE p.polrelid = $1
  UNION ALL
  SELECT 'row security', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', $1::oid::regclass)
    FROM pg_class WHERE oid = $1 AND relrowsecurity
  UNION ALL
  SELECT 'row security', format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', $1::oid::regclass)
    FROM pg_class WHERE oid = $1 AND relforcerowsecurity`);

/** How the table is stored and analyzed. */
const readSettings = reading(`
  SELECT 'storage parameters' AS object,
         format('ALTER TABLE %s SET (%s)', oid::regclass, array_to_string(reloptions, ', ')) AS sql
    FROM pg_class WHERE oid = $1 AND reloptions IS NOT NULL
  UNION ALL
  SELECT format('statistics target of column %I', attname),
         format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', $1::oid::regclass, attname, attstattarget)
    FROM pg_attribute WHERE attrelid = $1 AND NOT attisdropped AND attnum > 0 AND attstattarget >= 0
  UNION ALL
  SELECT 'statistics ' || quote_ident(stxname), pg_get_statisticsobjdef(oid)
    FROM pg_statistic_ext WHERE stxrelid = $1
  UNION ALL
  SELECT 'replica identity', format('ALTER TABLE %s REPLICA IDENTITY %s', oid::regclass,
                                    CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
    FROM pg_class WHERE oid = $1 AND relreplident IN ('f', 'n')
  UNION ALL
  SELECT 'replica identity', format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', $1::oid::regclass, i.relname)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
   WHERE x.indrelid = $1 AND x.indisreplident AND NOT x.indisprimary`);

const readPublications = reading(`
  SELECT 'publication ' || quote_ident(p.pubname) AS object,
         format('ALTER PUBLICATION %I ADD TABLE %s', p.pubname, $1::oid::regclass)
           || coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                          FROM unnest(r.prattrs::int2[]) n JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = n), '')
           || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '') AS sql
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
   WHERE r.prrelid = $1
   ORDER BY object`);

/** Before PostgreSQL 15 a publication has whole tables only. */
const readWholeTablePublications = reading(`
  SELECT 'publication ' || quote_ident(p.pubname) AS object,
         format('ALTER PUBLICATION %I ADD TABLE %s', p.pubname, $1::oid::regclass) AS sql
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
   WHERE r.prrelid = $1
   ORDER BY object`);

/** Everything that is attached to the table itself, in an order in which it can be attached again. */
export async function readOwnAttachments(client: Client, tableOid: string): Promise<Attachment[]> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  const publications = rows[0]!.version >= 150_000 ? readPublications : readWholeTablePublications;
  const attachments: Attachment[] = [];
  for (const read of [
    readColumnSettings,
    readConstraints,
    readTriggers,
    readRules,
    readRowSecurity,
    readSettings,
    publications,
    readComments,
    readRevocations,
    readGrants,
    // Last, since the new owner need not let us do the rest.
    readOwner,
  ]) {
    attachments.push(...(await read(client, tableOid)));
  }
  return attachments;
}
