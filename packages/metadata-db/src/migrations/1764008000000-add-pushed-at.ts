import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a storage service last said that the file had changed. */
export class AddPushedAt1764008000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  -- What happened (scheduler).
  ADD COLUMN pushed_at timestamptz`;

const down = `
ALTER TABLE synchronizations
  DROP COLUMN pushed_at`;
