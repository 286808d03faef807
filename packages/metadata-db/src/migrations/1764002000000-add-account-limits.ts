import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an account may do more or less than others (accounts command); null is as the installation is configured. */
export class AddAccountLimits1764002000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE accounts
  ADD COLUMN file_bytes_max bigint,
  ADD COLUMN rows_max bigint,
  ADD COLUMN columns_max integer,
  ADD COLUMN vertices_max integer,
  ADD COLUMN layers_max integer,
  -- Limits travel as numbers of JSON, which are exact up to 2^53.
  ADD CONSTRAINT accounts_file_bytes_max_possible CHECK (file_bytes_max BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT accounts_rows_max_possible CHECK (rows_max BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT accounts_columns_max_positive CHECK (columns_max > 0),
  ADD CONSTRAINT accounts_vertices_max_positive CHECK (vertices_max > 0),
  ADD CONSTRAINT accounts_layers_max_positive CHECK (layers_max > 0)`;

const down = `
ALTER TABLE accounts
  DROP COLUMN file_bytes_max,
  DROP COLUMN rows_max,
  DROP COLUMN columns_max,
  DROP COLUMN vertices_max,
  DROP COLUMN layers_max`;
