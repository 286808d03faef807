import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What version 2 of the API needs: orders in which lists are read page by page, and answers that are kept so that a
 * request sent twice is done once. Indexes are built beside the work that goes on, for which there can be no
 * transaction; what a broken attempt leaves behind is made anew.
 */
export class ServeVersion21764012000000 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(indexes)) {
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await queryRunner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${definition}`);
    }
    await queryRunner.query(createTable);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE IF EXISTS idempotency_keys');
    for (const name of Object.keys(indexes)) {
      // TypeORM goes down in a transaction whatever a migration says.
      await queryRunner.query(`DROP INDEX IF EXISTS ${name}`);
    }
  }
}

/**
 * Rows move between pages of the table with each run, and each index has to follow. So only what a list needs has one,
 * and those for what few rows are hold those rows only: most are in `success`, at a URL, with nothing asked for.
 */
const indexes = {
  // The list by name, and its prefix; names hardly change.
  synchronizations_account_id_table_name: `synchronizations
    (account_id, (lower(coalesce(name, requested_table_name)) COLLATE "C"), id) WHERE deleted_at IS NULL`,
  // The list by what is due next.
  synchronizations_account_id_due_at: `synchronizations (account_id, due_at, id)
    WHERE deleted_at IS NULL AND due_at IS NOT NULL`,
  // The list of failures.
  synchronizations_account_id_failure: `synchronizations (account_id, created_at, id)
    WHERE state = 'failure' AND deleted_at IS NULL`,
  // The list of what has never run.
  synchronizations_account_id_created: `synchronizations (account_id, created_at, id)
    WHERE state = 'created' AND deleted_at IS NULL`,
  // The list of what was asked for and not taken up.
  synchronizations_account_id_asked: `synchronizations (account_id, created_at, id)
    WHERE state IN ('success', 'failure') AND sync_requested_at > attempted_at AND deleted_at IS NULL`,
  // The list of one storage service.
  synchronizations_account_id_service_name: `synchronizations (account_id, service_name, created_at, id)
    WHERE service_name IS NOT NULL AND deleted_at IS NULL`,
};

const createTable = `
CREATE TABLE IF NOT EXISTS idempotency_keys (
  account_id uuid NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status smallint NOT NULL,
  headers jsonb NOT NULL,
  -- Not jsonb, which would change the order of fields and with it the entity tag.
  body json,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pk PRIMARY KEY (account_id, key),
  CONSTRAINT idempotency_keys_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
  CONSTRAINT idempotency_keys_request_hash_is_sha256 CHECK (octet_length(request_hash) = 32)
);
-- What is too old is found and removed.
CREATE INDEX IF NOT EXISTS idempotency_keys_created_at ON idempotency_keys (created_at)`;
