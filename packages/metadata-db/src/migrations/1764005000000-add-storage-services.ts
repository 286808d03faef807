import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files in storage services beside plain URLs: a synchronization has a URL or an item of a service, never both.
 * Turning back removes the synchronizations of files in services, which the schema before could not say anything of.
 */
export class AddStorageServices1764005000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  ALTER COLUMN url DROP NOT NULL,
  -- What the customer said (api).
  ADD COLUMN service_name text,
  ADD COLUMN service_item_id text,
  -- What happened (scheduler): the service's own word for the version that the table holds.
  ADD COLUMN source_revision text,
  ADD CONSTRAINT synchronizations_service_known CHECK (service_name IN ('gdrive', 'dropbox', 'box')),
  ADD CONSTRAINT synchronizations_one_source CHECK (
    (url IS NULL) = (service_name IS NOT NULL) AND (service_name IS NULL) = (service_item_id IS NULL)
  );
-- Which tables a push of a service is about.
CREATE INDEX synchronizations_service_item ON synchronizations (service_name, service_item_id)
  WHERE service_name IS NOT NULL AND deleted_at IS NULL;
`;

const down = `
DROP INDEX synchronizations_service_item;
DELETE FROM synchronizations WHERE service_name IS NOT NULL;
ALTER TABLE synchronizations
  DROP CONSTRAINT synchronizations_one_source,
  DROP CONSTRAINT synchronizations_service_known,
  DROP COLUMN source_revision,
  DROP COLUMN service_item_id,
  DROP COLUMN service_name,
  ALTER COLUMN url SET NOT NULL;
`;
