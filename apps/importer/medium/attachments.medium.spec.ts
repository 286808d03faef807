import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunStagedV1 } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterAll(async () => {
  await world.sql('DROP OWNED BY reading_role, owning_role CASCADE');
  await world.sql('DROP ROLE reading_role, owning_role');
  await world.stop();
});

/** The schema as pg_dump writes it, object by object; objects of one kind have no order that means anything. */
async function dumpedObjects(): Promise<string[]> {
  const url = world.environment().DESTINATION_DATABASE_URL;
  const { stdout } = await promisify(execFile)('pg_dump', ['--schema-only', '--schema=demo', url], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout
    .replaceAll(/^\\(un)?restrict .*$/gm, '')
    .split(/\n--\n-- Name: /)
    .slice(1)
    .sort();
}

async function refresh(
  earlier: RunStagedV1,
  content: string,
  env: Record<string, string> = {},
): Promise<RunStagedV1> {
  const run = await world.stageNext(earlier, content);
  expect(await world.import(run, { env })).toBe('imported');
  return run;
}

const fileOf = (version: number): string =>
  `code,kind,lat,lon,amount\n${[1, 2, 3].map((n) => `c${n},k${n % 2},${n},${n},${version}.5\n`).join('')}`;

describe('what customers attached to a table', () => {
  it('is there after ten refreshes as it was before, to the letter of a dump', async () => {
    let run = await world.stage(fileOf(0), { fileName: 'things.csv' });
    expect(await world.import(run)).toBe('imported');
    await world.sql('CREATE ROLE reading_role; CREATE ROLE owning_role');
    await world.sql(`
      GRANT USAGE ON SCHEMA demo TO reading_role;
      GRANT SELECT ON demo.things TO reading_role WITH GRANT OPTION;
      GRANT UPDATE (amount) ON demo.things TO PUBLIC;
      CREATE INDEX things_kind ON demo.things (kind DESC NULLS LAST) INCLUDE (amount) WHERE amount > 1;
      CREATE INDEX "USING odd name" ON demo.things (lower(code));
      CREATE UNIQUE INDEX things_code ON demo.things (code);
      CREATE INDEX things_partly ON demo.things USING gist (the_geom) WHERE kind = 'k1';
      ALTER TABLE demo.things ADD CONSTRAINT things_key UNIQUE (code, kind) DEFERRABLE INITIALLY DEFERRED;
      ALTER TABLE demo.things ADD CONSTRAINT things_positive CHECK (amount > 0);
      CREATE TABLE demo.kinds (kind text PRIMARY KEY);
      INSERT INTO demo.kinds VALUES ('k0'), ('k1');
      ALTER TABLE demo.things ADD CONSTRAINT things_kind_fk FOREIGN KEY (kind) REFERENCES demo.kinds ON DELETE CASCADE;
      CREATE TABLE demo.notes (thing bigint CONSTRAINT notes_thing REFERENCES demo.things, code text REFERENCES demo.things (code));
      INSERT INTO demo.notes VALUES (2, 'c2');
      CREATE FUNCTION demo.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER things_touch BEFORE UPDATE OF amount ON demo.things FOR EACH ROW WHEN (OLD.amount > 0) EXECUTE FUNCTION demo.touch();
      CREATE TRIGGER things_off AFTER INSERT ON demo.things FOR EACH STATEMENT EXECUTE FUNCTION demo.touch();
      ALTER TABLE demo.things DISABLE TRIGGER things_off;
      CREATE POLICY things_visible ON demo.things AS RESTRICTIVE FOR SELECT TO reading_role USING (kind = 'k1');
      CREATE POLICY things_written ON demo.things FOR INSERT WITH CHECK (amount < 100);
      ALTER TABLE demo.things ENABLE ROW LEVEL SECURITY;
      COMMENT ON TABLE demo.things IS 'It''s ours; \\"quoted\\"';
      COMMENT ON COLUMN demo.things.amount IS 'in euros';
      ALTER TABLE demo.things ALTER COLUMN kind SET STATISTICS 500;
      CREATE STATISTICS demo.things_related (dependencies) ON code, kind FROM demo.things;
      ALTER TABLE demo.things SET (fillfactor = 90, autovacuum_enabled = false);
      ALTER TABLE demo.things REPLICA IDENTITY FULL;
      CREATE PUBLICATION things_published FOR TABLE demo.things (cartodb_id, amount, kind) WHERE (kind = 'k1');
      CREATE VIEW demo.shown WITH (security_barrier = true, check_option = local) AS SELECT code, amount, the_geom FROM demo.things WHERE amount > 0;
      CREATE VIEW demo.shown_more AS SELECT s.*, t.kind FROM demo.shown s JOIN demo.things t USING (code);
      GRANT SELECT ON demo.shown TO reading_role;
      COMMENT ON VIEW demo.shown IS 'for the dashboard';
      CREATE MATERIALIZED VIEW demo.totals AS SELECT kind, sum(amount) AS total FROM demo.things GROUP BY kind;
      CREATE UNIQUE INDEX totals_kind ON demo.totals (kind);
      GRANT SELECT ON demo.totals TO reading_role;
      COMMENT ON MATERIALIZED VIEW demo.totals IS 'by kind';
      ALTER TABLE demo.things ALTER COLUMN code SET NOT NULL, ALTER COLUMN kind SET DEFAULT 'k0';
      CREATE RULE things_kept AS ON DELETE TO demo.things WHERE OLD.amount > 1000 DO INSTEAD NOTHING;
      COMMENT ON INDEX demo.things_kind IS 'for the list';
      COMMENT ON CONSTRAINT things_positive ON demo.things IS 'prices';
      COMMENT ON TRIGGER things_touch ON demo.things IS 'touches';
      REVOKE TRUNCATE ON demo.things FROM CURRENT_USER;
      CREATE MATERIALIZED VIEW demo.unfilled AS SELECT code FROM demo.things WITH NO DATA;
    `);
    const before = await dumpedObjects();
    expect(before.length).toBeGreaterThan(30);

    for (let version = 1; version <= 10; version++) run = await refresh(run, fileOf(version));

    expect(await dumpedObjects()).toEqual(before);
    expect(await world.column('SELECT DISTINCT amount FROM demo.shown_more')).toEqual([10.5]);
    expect(await world.column('SELECT total FROM demo.totals ORDER BY kind')).toEqual([10.5, 21]);
    expect(await world.column('SELECT tgenabled FROM pg_trigger WHERE tgname = $1', ['things_off'])).toEqual([
      'D',
    ]);
    expect(await world.leftovers()).toEqual(nothingLeft);
  });

  it('stays with its owner, and with whom the owner granted it to', async () => {
    const run = await world.stage(fileOf(1), { fileName: 'owned.csv' });
    expect(await world.import(run)).toBe('imported');
    await world.sql(`
      GRANT CREATE, USAGE ON SCHEMA demo TO owning_role;
      ALTER TABLE demo.owned OWNER TO owning_role;
      GRANT SELECT ON demo.owned TO reading_role;
    `);
    await refresh(run, fileOf(2));
    expect(
      await world.sql(`SELECT relowner::regrole::text AS owner, has_table_privilege('reading_role', oid, 'SELECT') AS readable
                         FROM pg_class WHERE oid = 'demo.owned'::regclass`),
    ).toEqual([{ owner: 'owning_role', readable: true }]);
  });

  it('does not include a right that was revoked, though new tables come with it', async () => {
    await world.sql('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reading_role');
    const run = await world.stage(fileOf(1), { fileName: 'revoked.csv' });
    expect(await world.import(run)).toBe('imported');
    await world.sql('REVOKE ALL ON demo.revoked FROM reading_role');
    await refresh(run, fileOf(2));
    expect(
      await world.column(`SELECT has_table_privilege('reading_role', 'demo.revoked', 'SELECT')`),
    ).toEqual([false]);
    await world.sql('ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM reading_role');
  });

  it('does not cost anybody a query: neither who reads through views nor who writes beside', async () => {
    let run = await world.stage(fileOf(0), { fileName: 'busy.csv' });
    expect(await world.import(run)).toBe('imported');
    await world.sql(`
      CREATE VIEW demo.busy_view AS SELECT * FROM demo.busy;
      CREATE VIEW demo.busy_other AS SELECT code FROM demo.busy;
      CREATE VIEW demo.busy_outer AS SELECT v.* FROM demo.busy_view v JOIN demo.busy_other o USING (code);
      CREATE TABLE demo.busy_child (thing bigint REFERENCES demo.busy);
    `);
    let going = true;
    const failures: string[] = [];
    let queries = 0;
    const repeat = async (statement: string): Promise<void> => {
      const client = await world.connect();
      try {
        while (going) {
          queries++;
          await client.query(statement);
        }
      } catch (error) {
        failures.push((error as Error).message);
      } finally {
        await client.end();
      }
    };
    const others = [
      'SELECT count(*) FROM demo.busy_view',
      'SELECT count(*) FROM demo.busy_outer',
      'SELECT count(*) FROM demo.busy_other o JOIN demo.busy_view v USING (code)',
      'INSERT INTO demo.busy_child VALUES (1)',
    ].map(repeat);
    try {
      // However long the swap waits on a slow machine: what is promised here is that nobody's query fails.
      const patient = { SWAP_PATIENCE_MS: '60000' };
      for (let version = 1; version <= 8; version++) run = await refresh(run, fileOf(version), patient);
    } finally {
      going = false;
      await Promise.all(others);
    }
    expect(failures).toEqual([]);
    expect(queries).toBeGreaterThan(100);
  });

  it('includes the rights that the schema gives to new tables', async () => {
    await world.sql('CREATE SCHEMA shared_out');
    await world.sql('ALTER DEFAULT PRIVILEGES IN SCHEMA shared_out GRANT SELECT ON TABLES TO reading_role');
    const run = await world.stage(fileOf(1), { fileName: 'open.csv', schema: 'shared_out' });
    expect(await world.import(run)).toBe('imported');
    expect(
      await world.column(`SELECT has_table_privilege('reading_role', 'shared_out.open', 'SELECT')`),
    ).toEqual([true]);
  });

  it('is carried over also when it came while the refresh was under way', async () => {
    const run = await world.stage(fileOf(1), { fileName: 'late.csv' });
    expect(await world.import(run)).toBe('imported');
    const next = await world.stageNext(run, fileOf(2));
    const reader = await world.connect();
    // The reader keeps the swap waiting; meanwhile an index is added, for which nothing is prepared.
    await reader.query('BEGIN');
    await reader.query('SELECT FROM demo.late');
    const imported = world.import(next, { env: { SWAP_PATIENCE_MS: '30000' } });
    await waitFor(
      async () =>
        (
          await world.sql(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidetable-importer' AND wait_event_type = 'Lock'`,
          )
        ).length > 0,
    );
    await reader.query('CREATE INDEX late_amount ON demo.late (amount)');
    await reader.query('COMMIT');
    await reader.end();
    expect(await imported).toBe('imported');
    expect(
      await world.column(`SELECT indexname FROM pg_indexes WHERE tablename = 'late' ORDER BY 1`),
    ).toEqual(['late_amount', 'late_pkey', 'late_the_geom_idx', 'late_webmercator_idx']);
    expect(await world.column('SELECT DISTINCT amount FROM demo.late')).toEqual([2.5]);
  });
});
