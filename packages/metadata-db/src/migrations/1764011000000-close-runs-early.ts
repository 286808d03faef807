import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Runs that must not go on, schedules by the wall clock, and the clock that schedulers agree on.
 *
 * What makes an open run pointless is noticed by the database, so that no program can forget to say so: the end of its
 * synchronization, another source, a disabled account. Another source also dates the options anew, since what is known of
 * the old one (validators, content) says nothing about it, and is looked at at once.
 */
export class CloseRunsEarly1764011000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
ALTER TABLE synchronizations
  -- What the customer said (api): by the clock on the wall of a place, instead of by an interval.
  ADD COLUMN cron text,
  ADD COLUMN time_zone text,
  -- Set below.
  ADD COLUMN source_changed_at timestamptz,
  ADD CONSTRAINT synchronizations_cron_has_zone CHECK ((cron IS NULL) = (time_zone IS NULL));

CREATE FUNCTION note_changed_source() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.source_changed_at := clock_timestamp();
    NEW.options_changed_at := clock_timestamp();
    IF NEW.state IN ('success', 'failure') THEN
      NEW.run_at := clock_timestamp();
      NEW.retried_times := 0;
      NEW.soon_tries := 0;
      NEW.stopped := false;
    ELSIF NEW.state IN ('queued', 'syncing') THEN
      PERFORM pg_notify('runs_to_close', '');
    END IF;
    RETURN NEW;
  END
$$;
CREATE TRIGGER synchronizations_source_changed
  BEFORE UPDATE OF url, service_name, service_item_id ON synchronizations
  FOR EACH ROW
  WHEN ((OLD.url, OLD.service_name, OLD.service_item_id) IS DISTINCT FROM (NEW.url, NEW.service_name, NEW.service_item_id))
  EXECUTE FUNCTION note_changed_source();

CREATE FUNCTION tell_runs_to_close() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_notify('runs_to_close', '');
    RETURN NULL;
  END
$$;
CREATE TRIGGER synchronizations_deleted
  AFTER UPDATE OF deleted_at ON synchronizations
  FOR EACH ROW
  WHEN (NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL AND NEW.state IN ('queued', 'syncing'))
  EXECUTE FUNCTION tell_runs_to_close();
CREATE TRIGGER accounts_disabled
  AFTER UPDATE OF state ON accounts
  FOR EACH ROW
  WHEN (NEW.state = 'disabled' AND OLD.state <> 'disabled')
  EXECUTE FUNCTION tell_runs_to_close();

-- One row: how far the schedulers have read the clock of this database, and how they make up for its last step.
CREATE TABLE clock (
  only_row boolean NOT NULL DEFAULT true,
  -- When a scheduler last found that the clock had gone on evenly.
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Counts the steps, so that each is acted on once.
  steps integer NOT NULL DEFAULT 0,
  -- By how much the clock stepped, while moments are still being moved; null at other times.
  step_ms bigint,
  -- By the new clock: when that step was found.
  stepped_at timestamptz,
  -- Up to this synchronization they have been moved.
  moved_up_to uuid,
  CONSTRAINT clock_pk PRIMARY KEY (only_row),
  CONSTRAINT clock_one_row CHECK (only_row),
  CONSTRAINT clock_step_is_dated CHECK ((step_ms IS NULL) = (stepped_at IS NULL))
);
INSERT INTO clock DEFAULT VALUES`;

const down = `
DROP TABLE clock;
DROP TRIGGER accounts_disabled ON accounts;
DROP TRIGGER synchronizations_deleted ON synchronizations;
DROP FUNCTION tell_runs_to_close();
DROP TRIGGER synchronizations_source_changed ON synchronizations;
DROP FUNCTION note_changed_source();
ALTER TABLE synchronizations
  DROP CONSTRAINT synchronizations_cron_has_zone,
  DROP COLUMN source_changed_at,
  DROP COLUMN time_zone,
  DROP COLUMN cron`;
