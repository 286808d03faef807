import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema: accounts, keys, synchronizations, runs, the run log and the outbox.
 *
 * One writer for each column: (api) what the customer said, (scheduler) what happened. `run_at` is the one
 * column with two: the scheduler sets it whenever a run ends, and the api when the customer changes the interval,
 * each in a single statement that computes it from the row as it is then.
 */
export class CreateSynchronizations1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
CREATE TABLE accounts (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  username text NOT NULL,
  state text NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT accounts_pk PRIMARY KEY (id),
  CONSTRAINT accounts_username_unique UNIQUE (username),
  -- The username is a host label, a URL segment and the account's schema in the destination database.
  CONSTRAINT accounts_username_form CHECK (username ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$|^[a-z]$'),
  CONSTRAINT accounts_state_known CHECK (state IN ('active', 'disabled'))
);

CREATE TABLE api_keys (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL,
  -- SHA-256 of the key. A key has 256 random bits, so a slow hash would add cost and no safety.
  key_hash bytea NOT NULL,
  -- The first characters, by which people tell their keys apart.
  key_prefix text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  CONSTRAINT api_keys_pk PRIMARY KEY (id),
  CONSTRAINT api_keys_key_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT api_keys_key_hash_is_sha256 CHECK (octet_length(key_hash) = 32)
);
-- Lists the keys of one account.
CREATE INDEX api_keys_account_id ON api_keys (account_id);

CREATE TABLE synchronizations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL,
  -- What the customer said (api).
  url text NOT NULL,
  interval_seconds integer NOT NULL,
  requested_table_name text,
  type_guessing boolean NOT NULL DEFAULT true,
  quoted_fields_guessing boolean NOT NULL DEFAULT true,
  content_guessing boolean NOT NULL DEFAULT false,
  -- When the options above last changed: an older import is then no reason to call the source unchanged.
  options_changed_at timestamptz NOT NULL DEFAULT now(),
  -- The id of the first run, given out as item_queue_id before that run exists.
  first_run_id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- Groups the log of all runs.
  log_id uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- A refresh asked for by hand. Pending while it is later than attempted_at.
  sync_requested_at timestamptz,
  -- Deleted: invisible to its owner, never claimed again; its open run may change nothing more.
  deleted_at timestamptz,
  -- What happened (scheduler).
  state text NOT NULL DEFAULT 'created',
  name text,
  run_at timestamptz NOT NULL,
  ran_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- The latest moment at which an attempt began or ended; null before the first.
  attempted_at timestamptz,
  runs_count integer NOT NULL DEFAULT 0,
  retried_times integer NOT NULL DEFAULT 0,
  -- No run until somebody asks for one.
  stopped boolean NOT NULL DEFAULT false,
  failure_code text,
  failure_detail text,
  -- The version of the source that the table holds; header values exactly as received.
  source_etag text,
  source_last_modified text,
  source_sha256 text,
  source_bytes bigint,
  -- When the run that imported it was requested: options that changed later are not in the table yet.
  imported_at timestamptz,
  -- When the scheduler should claim it: null while a run is open, and when nothing is to be done.
  due_at timestamptz GENERATED ALWAYS AS (
    CASE
      WHEN deleted_at IS NOT NULL OR state IN ('queued', 'syncing') THEN NULL
      WHEN state = 'created' THEN created_at
      WHEN sync_requested_at > attempted_at THEN sync_requested_at
      WHEN stopped THEN NULL
      ELSE run_at
    END
  ) STORED,
  CONSTRAINT synchronizations_pk PRIMARY KEY (id),
  CONSTRAINT synchronizations_first_run_id_unique UNIQUE (first_run_id),
  CONSTRAINT synchronizations_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT synchronizations_interval_positive CHECK (interval_seconds > 0),
  CONSTRAINT synchronizations_state_known CHECK (state IN ('created', 'queued', 'syncing', 'success', 'failure')),
  CONSTRAINT synchronizations_attempted_unless_created CHECK ((state = 'created') = (attempted_at IS NULL)),
  CONSTRAINT synchronizations_failure_has_code CHECK (state <> 'failure' OR failure_code IS NOT NULL),
  CONSTRAINT synchronizations_success_has_name CHECK (state <> 'success' OR name IS NOT NULL),
  CONSTRAINT synchronizations_imported_has_source CHECK ((imported_at IS NULL) = (source_sha256 IS NULL)),
  CONSTRAINT synchronizations_retried_times_not_negative CHECK (retried_times >= 0)
);
-- The claim: the due ones in order. Rows with an open run are not in it, so it stays small while everything runs.
CREATE INDEX synchronizations_due_at ON synchronizations (due_at) WHERE due_at IS NOT NULL;
-- An account's list, in the order it is shown.
CREATE INDEX synchronizations_account_id_created_at ON synchronizations (account_id, created_at, id) WHERE deleted_at IS NULL;
-- The deleted ones, whose open runs are cancelled and whose rows are removed after a while.
CREATE INDEX synchronizations_deleted_at ON synchronizations (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE runs (
  id uuid NOT NULL,
  synchronization_id uuid NOT NULL,
  run_number integer NOT NULL,
  trigger text NOT NULL,
  requested_at timestamptz NOT NULL,
  started_at timestamptz,
  -- When the rescuer closes the run if nobody else has.
  deadline_at timestamptz NOT NULL,
  finished_at timestamptz,
  outcome text,
  unchanged_by text,
  failure_code text,
  failure_detail text,
  source_sha256 text,
  source_bytes bigint,
  -- The importer's report: table, rows, columns and their types, warnings, timings.
  report jsonb,
  CONSTRAINT runs_pk PRIMARY KEY (id),
  CONSTRAINT runs_synchronization_fk FOREIGN KEY (synchronization_id) REFERENCES synchronizations (id) ON DELETE CASCADE,
  CONSTRAINT runs_run_number_unique UNIQUE (synchronization_id, run_number),
  CONSTRAINT runs_trigger_known CHECK (trigger IN ('created', 'schedule', 'manual')),
  CONSTRAINT runs_outcome_known CHECK (outcome IN ('unchanged', 'imported', 'failed', 'cancelled')),
  CONSTRAINT runs_finished_has_outcome CHECK ((finished_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT runs_failed_has_code CHECK ((outcome IS NOT DISTINCT FROM 'failed') = (failure_code IS NOT NULL)),
  CONSTRAINT runs_imported_has_report CHECK ((outcome IS NOT DISTINCT FROM 'imported') = (report IS NOT NULL))
);
-- One run at a time for each synchronization, whatever the schedulers do.
CREATE UNIQUE INDEX runs_one_open_per_synchronization ON runs (synchronization_id) WHERE outcome IS NULL;
-- The rescuer: the open runs whose time is over.
CREATE INDEX runs_open_deadline_at ON runs (deadline_at) WHERE outcome IS NULL;
-- Retention: the ended runs from the oldest on. The first run of each is kept, as the import record shows it.
CREATE INDEX runs_ended_finished_at ON runs (finished_at) WHERE run_number > 1 AND outcome IS NOT NULL;

CREATE TABLE run_log (
  id bigint GENERATED ALWAYS AS IDENTITY,
  log_id uuid NOT NULL,
  run_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  level text NOT NULL,
  message text NOT NULL,
  CONSTRAINT run_log_pk PRIMARY KEY (id),
  CONSTRAINT run_log_run_fk FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
  CONSTRAINT run_log_level_known CHECK (level IN ('info', 'warning', 'error'))
);
-- The log of a synchronization in order, and the deletion of a run's.
CREATE INDEX run_log_log_id ON run_log (log_id, id);
CREATE INDEX run_log_run_id ON run_log (run_id);

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  message_id text NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT outbox_pk PRIMARY KEY (id),
  CONSTRAINT outbox_message_id_unique UNIQUE (message_id)
);
`;

const down = `
DROP TABLE outbox;
DROP TABLE run_log;
DROP TABLE runs;
DROP TABLE synchronizations;
DROP TABLE api_keys;
DROP TABLE accounts;
`;
