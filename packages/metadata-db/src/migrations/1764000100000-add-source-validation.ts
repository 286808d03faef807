import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Remembers how far the validators of a source are believed. */
export class AddSourceValidation1764000100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
-- What the fetcher found the validators to be worth; kept here and understood by it alone. Null: nothing is known.
ALTER TABLE synchronizations ADD COLUMN source_validation jsonb;
`;

const down = `
ALTER TABLE synchronizations DROP COLUMN source_validation;
`;
