import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the requests for a URL carry beside it: only the names of headers and whether there is a user name are known
 * here, the rest is the fetcher's. Turning back forgets those; the fetcher's sweep does not notice.
 */
export class AddRequestCredentials1764007000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  -- What the customer said (api).
  ADD COLUMN header_names text[] NOT NULL DEFAULT '{}',
  ADD COLUMN has_basic_auth boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT synchronizations_credentials_of_url CHECK (
    url IS NOT NULL OR (cardinality(header_names) = 0 AND NOT has_basic_auth)
  );
`;

const down = `
ALTER TABLE synchronizations
  DROP CONSTRAINT synchronizations_credentials_of_url,
  DROP COLUMN has_basic_auth,
  DROP COLUMN header_names;
`;
