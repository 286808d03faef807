import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which of several tables a synchronization wants: a member of an archive, a layer of a file (api). Both are options,
 * dated by options_changed_at as the others are.
 */
export class AddMemberAndLayer1764001000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  ADD COLUMN member text,
  ADD COLUMN layer text,
  -- Nothing chosen is null, never an empty name.
  ADD CONSTRAINT synchronizations_member_named CHECK (member <> ''),
  ADD CONSTRAINT synchronizations_layer_named CHECK (layer <> '')`;

const down = `
ALTER TABLE synchronizations
  DROP COLUMN member,
  DROP COLUMN layer`;
