import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an account controls and is controlled by: keys with scopes that end, quotas, and the audit trail. Columns are added
 * without rewriting a table; keys that exist keep doing everything.
 */
export class AddAccountControls1764015000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(changeTables);
    await queryRunner.query(createAuditTrail);
    for (const [table, audit] of Object.entries(audits)) await queryRunner.query(auditTable(table, audit));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of Object.keys(audits)) {
      await queryRunner.query(`DROP TRIGGER ${table}_audit_insert ON ${table}`);
      await queryRunner.query(`DROP TRIGGER ${table}_audit_update ON ${table}`);
    }
    await queryRunner.query(down);
  }
}

const changeTables = `
ALTER TABLE api_keys
  ADD COLUMN name text,
  -- What a key made before there were scopes could do.
  ADD COLUMN scope text NOT NULL DEFAULT 'admin',
  -- To the hour: most requests change nothing here.
  ADD COLUMN last_used_at timestamptz,
  -- Of a key that was rotated: until then it works beside the new one.
  ADD COLUMN expires_at timestamptz,
  ADD CONSTRAINT api_keys_scope_known CHECK (scope IN ('read', 'write', 'admin')),
  ADD CONSTRAINT api_keys_name_length CHECK (length(name) BETWEEN 1 AND 100);
ALTER TABLE accounts
  ADD COLUMN tables_max integer,
  ADD COLUMN total_rows_max bigint,
  ADD COLUMN total_bytes_max bigint,
  ADD COLUMN requests_per_minute_max integer,
  ADD CONSTRAINT accounts_tables_max_positive CHECK (tables_max > 0),
  ADD CONSTRAINT accounts_total_rows_max_possible CHECK (total_rows_max BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT accounts_total_bytes_max_possible CHECK (total_bytes_max BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT accounts_requests_per_minute_max_positive CHECK (requests_per_minute_max > 0);
ALTER TABLE synchronizations
  -- scheduler: what the last import left in the table
  ADD COLUMN table_rows bigint,
  ADD COLUMN table_bytes bigint`;

/*
 * Entries are written by triggers, in the transaction of the change, so that none can be forgotten. Who acts is told in
 * the setting tidetable.actor; the scheduler tells nothing, as what it writes is no one's doing, and so do people in psql.
 * The triggers look at what customers and operators decide, and fire only for statements that name such a column: the
 * scheduler's do not.
 */
const createAuditTrail = `
CREATE TABLE audit_entries (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_kind text NOT NULL,
  key_id uuid,
  key_prefix text,
  request_id uuid,
  action text NOT NULL,
  target_kind text NOT NULL,
  target_id text NOT NULL,
  -- Each changed column with what it was and is; of secrets only that they changed.
  changes jsonb NOT NULL,
  CONSTRAINT audit_entries_pk PRIMARY KEY (id),
  CONSTRAINT audit_entries_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT audit_entries_actor_kind_known CHECK (actor_kind IN ('key', 'operator', 'unknown'))
);
-- Lists the entries of one account, newest first.
CREATE INDEX audit_entries_account_id_at ON audit_entries (account_id, at, id);
-- Retention.
CREATE INDEX audit_entries_at ON audit_entries (at);

-- An address without its query, its fragment and who is named in it.
CREATE FUNCTION bare_url(url text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(regexp_replace(url, '[?#].*$', ''), '^([A-Za-z][A-Za-z0-9+.-]*:[/\\\\]*)[^/\\\\]*@', '\\1')
$$;

CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  audit jsonb := TG_ARGV[0]::jsonb;
  actor jsonb := current_setting('tidetable.actor')::jsonb;
  before jsonb := '{}';
  after jsonb := to_jsonb(NEW);
  done text;
  changed jsonb;
BEGIN
  IF TG_OP = 'UPDATE' THEN before := to_jsonb(OLD); END IF;
  SELECT value INTO done FROM jsonb_each_text(audit -> 'actions')
   WHERE TG_OP = 'UPDATE' AND before -> key IS DISTINCT FROM after -> key AND after ->> key IS NOT NULL
   LIMIT 1;
  SELECT coalesce(jsonb_agg(
           CASE WHEN audit -> 'secrets' ? name THEN jsonb_build_object('field', name)
                WHEN name = 'url' THEN jsonb_build_object('field', name, 'old', bare_url(before ->> name), 'new', bare_url(after ->> name))
                ELSE jsonb_build_object('field', name, 'old', before -> name, 'new', after -> name) END
           ORDER BY place), '[]')
    INTO changed
    FROM jsonb_array_elements_text((audit -> 'columns') || (audit -> 'secrets')) WITH ORDINALITY AS watched (name, place)
   WHERE coalesce(before -> name, 'null') IS DISTINCT FROM coalesce(after -> name, 'null');
  IF TG_OP = 'UPDATE' AND done IS NULL AND changed = '[]' THEN RETURN NULL; END IF;
  INSERT INTO audit_entries
    (account_id, actor_kind, key_id, key_prefix, request_id, action, target_kind, target_id, changes)
  VALUES (
    (after ->> (audit ->> 'account'))::uuid, coalesce(actor ->> 'kind', 'unknown'), (actor ->> 'keyId')::uuid,
    actor ->> 'keyPrefix', (actor ->> 'requestId')::uuid,
    CASE TG_OP WHEN 'INSERT' THEN 'created' ELSE coalesce(done, 'changed') END,
    audit ->> 'target', after ->> 'id', changed);
  RETURN NULL;
END $$`;

/** What of a table is watched. */
interface Audit {
  readonly target: string;
  /** The column with the id of the account. */
  readonly account: string;
  readonly columns: readonly string[];
  /** Of which only that they changed is written down. */
  readonly secrets: readonly string[];
  /** Columns that stand for something that was done when they are set, and what that is. */
  readonly actions: Readonly<Record<string, string>>;
}

const audits: Record<string, Audit> = {
  synchronizations: {
    target: 'synchronization',
    account: 'account_id',
    columns: [
      'url',
      'service_name',
      'service_item_id',
      'interval_seconds',
      'cron',
      'time_zone',
      'requested_table_name',
      'type_guessing',
      'quoted_fields_guessing',
      'content_guessing',
      'member',
      'layer',
      'header_names',
      'has_basic_auth',
    ],
    secrets: [],
    actions: { deleted_at: 'deleted', sync_requested_at: 'refresh-requested' },
  },
  api_keys: {
    target: 'key',
    account: 'account_id',
    columns: ['name', 'scope', 'key_prefix', 'expires_at'],
    secrets: [],
    actions: { revoked_at: 'revoked', expires_at: 'rotated' },
  },
  accounts: {
    target: 'account',
    account: 'id',
    columns: [
      'username',
      'state',
      'file_bytes_max',
      'rows_max',
      'columns_max',
      'vertices_max',
      'layers_max',
      'runs_max',
      'tables_max',
      'total_rows_max',
      'total_bytes_max',
      'requests_per_minute_max',
    ],
    secrets: [],
    actions: {},
  },
};

function auditTable(table: string, audit: Audit): string {
  const watched = [...new Set([...audit.columns, ...audit.secrets, ...Object.keys(audit.actions)])];
  const write = `FOR EACH ROW WHEN (current_setting('tidetable.actor', true) <> '')
  EXECUTE FUNCTION audit_change('${JSON.stringify(audit)}')`;
  return `
CREATE TRIGGER ${table}_audit_insert AFTER INSERT ON ${table} ${write};
CREATE TRIGGER ${table}_audit_update AFTER UPDATE OF ${watched.join(', ')} ON ${table} ${write}`;
}

const down = `
DROP FUNCTION audit_change();
DROP FUNCTION bare_url(text);
DROP TABLE audit_entries;
ALTER TABLE synchronizations DROP COLUMN table_rows, DROP COLUMN table_bytes;
ALTER TABLE accounts
  DROP COLUMN tables_max,
  DROP COLUMN total_rows_max,
  DROP COLUMN total_bytes_max,
  DROP COLUMN requests_per_minute_max;
ALTER TABLE api_keys DROP COLUMN name, DROP COLUMN scope, DROP COLUMN last_used_at, DROP COLUMN expires_at`;
