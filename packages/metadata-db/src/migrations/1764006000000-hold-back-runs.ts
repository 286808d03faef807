import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many runs an account may have in flight, and what is due beyond that. */
export class HoldBackRuns1764006000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE accounts
  ADD COLUMN runs_max integer,
  ADD CONSTRAINT accounts_runs_max_positive CHECK (runs_max > 0);
ALTER TABLE synchronizations
  ADD COLUMN held boolean NOT NULL DEFAULT false;
DROP INDEX synchronizations_due_at;
CREATE INDEX synchronizations_due_at ON synchronizations (due_at) WHERE due_at IS NOT NULL AND NOT held;
CREATE INDEX synchronizations_held ON synchronizations (account_id, due_at) WHERE held AND due_at IS NOT NULL;
CREATE INDEX synchronizations_in_flight ON synchronizations (account_id) WHERE state IN ('queued', 'syncing')`;

const down = `
DROP INDEX synchronizations_in_flight;
DROP INDEX synchronizations_held;
DROP INDEX synchronizations_due_at;
ALTER TABLE synchronizations DROP COLUMN held;
ALTER TABLE accounts DROP COLUMN runs_max;
CREATE INDEX synchronizations_due_at ON synchronizations (due_at) WHERE due_at IS NOT NULL`;
