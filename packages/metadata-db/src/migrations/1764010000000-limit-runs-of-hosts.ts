import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many runs a source host may have in flight, and what is due beyond that.
 *
 * Works beside services in full work: no row is rewritten and nobody waits longer than for a word in the catalogue, since
 * indexes are made and dropped concurrently. Such statements cannot be in a transaction, so each step may find that it was
 * done before, when a first attempt was broken off. A new index stands before the old one goes. Schedulers of the version
 * before keep working until they are replaced, but look for what is due without an index.
 */
export class LimitRunsOfHosts1764010000000 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

/**
 * Whom a source burdens: the host of its URL as it is written, in lower case, without user name, port and the dot that may
 * end it; for a file in a storage service that service. No longer than a name of a host can be, so that no URL is too
 * long for an index. Not a column: so there is none to fill, to keep right, or to write for the rows that are there.
 */
const sourceHost = `
CREATE OR REPLACE FUNCTION source_host(url text, service_name text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$SELECT coalesce('service:' || service_name, left(rtrim(lower(substring(url from '^[A-Za-z][A-Za-z0-9+.-]*:[/\\\\]*(?:[^/\\\\?#]*@)?(\\[[^]/\\\\?#]*\\]|[^/\\\\?#:@]*)')), '.'), 253), '')$$`;

/** Makes an index anew, also where an attempt that was broken off left a part of it. */
function index(name: string, definition: string): string[] {
  return [
    `DROP INDEX CONCURRENTLY IF EXISTS ${name}`,
    `CREATE INDEX CONCURRENTLY ${name} ON synchronizations ${definition}`,
  ];
}

const up = [
  sourceHost,
  `ALTER TABLE synchronizations ADD COLUMN IF NOT EXISTS held_by_host boolean NOT NULL DEFAULT false`,
  `ALTER TABLE synchronizations DROP CONSTRAINT IF EXISTS synchronizations_held_once`,
  `ALTER TABLE synchronizations ADD CONSTRAINT synchronizations_held_once CHECK (NOT (held AND held_by_host)) NOT VALID`,
  `ALTER TABLE synchronizations VALIDATE CONSTRAINT synchronizations_held_once`,
  // What is due and may be looked at.
  ...index('synchronizations_due', '(due_at) WHERE due_at IS NOT NULL AND NOT held AND NOT held_by_host'),
  // What a host keeps waiting, so that its accounts can be gone through one after the other.
  ...index(
    'synchronizations_held_by_host',
    '(source_host(url, service_name), account_id, due_at) WHERE held_by_host AND due_at IS NOT NULL',
  ),
  // Runs in flight are counted here. Of deleted ones nothing is in flight for longer than it takes to tell a worker. Each
  // has a condition that every row meets and the other one's question does not: the planner, which takes what is in flight
  // for nothing where it was so at its last look, would answer either question by either index.
  ...index(
    'synchronizations_in_flight_account',
    `(account_id) WHERE state IN ('queued', 'syncing') AND deleted_at IS NULL AND account_id IS NOT NULL`,
  ),
  ...index(
    'synchronizations_in_flight_host',
    `(source_host(url, service_name))
      WHERE state IN ('queued', 'syncing') AND deleted_at IS NULL AND coalesce(url, service_name) IS NOT NULL`,
  ),
  `DROP INDEX CONCURRENTLY IF EXISTS synchronizations_due_at`,
  `DROP INDEX CONCURRENTLY IF EXISTS synchronizations_in_flight`,
];

/** The way back is a transaction like every other one, and for when nobody works. */
const down = [
  `CREATE INDEX synchronizations_due_at ON synchronizations (due_at) WHERE due_at IS NOT NULL AND NOT held`,
  `CREATE INDEX synchronizations_in_flight ON synchronizations (account_id) WHERE state IN ('queued', 'syncing')`,
  `DROP INDEX synchronizations_in_flight_host`,
  `DROP INDEX synchronizations_in_flight_account`,
  `DROP INDEX synchronizations_held_by_host`,
  `DROP INDEX synchronizations_due`,
  `ALTER TABLE synchronizations DROP COLUMN held_by_host`,
  `DROP FUNCTION source_host`,
];
