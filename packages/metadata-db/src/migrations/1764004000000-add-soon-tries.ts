import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many tries before the schedule goes on a failure has had. */
export class AddSoonTries1764004000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  ADD COLUMN soon_tries smallint NOT NULL DEFAULT 0,
  ADD CONSTRAINT synchronizations_soon_tries_not_negative CHECK (soon_tries >= 0)`;

const down = `
ALTER TABLE synchronizations
  DROP COLUMN soon_tries`;
