import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks and what is, or was, delivered to them. */
export class AddWebhooks1764014000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhook_deliveries; DROP TABLE webhooks');
  }
}

/*
 * One writer for each column: (api) what the customer said, (scheduler) what happened. A row of webhook_deliveries is
 * inserted by the scheduler in the transaction that records what it tells, and by the api for a try that somebody asked
 * for.
 */
const up = `
CREATE TABLE webhooks (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL,
  -- api
  url text NOT NULL,
  event_types text[] NOT NULL,
  description text,
  -- As the customer has them, since both are needed to sign: the present one, and the one before for a while.
  secret text NOT NULL,
  previous_secret text,
  previous_secret_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  enabled boolean NOT NULL DEFAULT true,
  enabled_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  -- scheduler
  disabled_at timestamptz,
  disabled_reason text,
  -- Whether anything is delivered. Who was disabled is not any more once the customer has enabled it later than that.
  active boolean NOT NULL GENERATED ALWAYS AS (
    deleted_at IS NULL AND enabled AND (disabled_at IS NULL OR disabled_at <= enabled_at)) STORED,
  CONSTRAINT webhooks_pk PRIMARY KEY (id),
  CONSTRAINT webhooks_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT webhooks_event_types_some CHECK (cardinality(event_types) > 0),
  CONSTRAINT webhooks_previous_secret_ends CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
  CONSTRAINT webhooks_disabled_reason_known CHECK (disabled_reason IN ('gone', 'undelivered')),
  CONSTRAINT webhooks_disabled_with_reason CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
-- Lists the webhooks of one account.
CREATE INDEX webhooks_account_id_created_at ON webhooks (account_id, created_at, id) WHERE deleted_at IS NULL;
-- Asked whenever ends of runs are recorded.
CREATE INDEX webhooks_active ON webhooks (account_id) WHERE active;
-- Retention.
CREATE INDEX webhooks_deleted_at ON webhooks (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
  -- Is the id of the message and of the event in it, through all attempts.
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  webhook_id uuid NOT NULL,
  event_type text NOT NULL,
  -- What makes the event one: the same is told once, however often it is recorded.
  event_key text NOT NULL,
  -- Where it happened, as a path below the public address, and to what.
  source text NOT NULL,
  subject text,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- api: once more, please
  redelivery_requested_at timestamptz,
  -- scheduler
  state text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  attempted_at timestamptz,
  -- The first attempt of the present series: a day later it is given up.
  series_began_at timestamptz,
  -- While an attempt is under way, when it counts as lost.
  next_attempt_at timestamptz DEFAULT now(),
  ended_at timestamptz,
  last_status integer,
  last_code text,
  due_at timestamptz GENERATED ALWAYS AS (
    CASE WHEN redelivery_requested_at > coalesce(attempted_at, created_at)
         THEN least(next_attempt_at, redelivery_requested_at)
         ELSE next_attempt_at END) STORED,
  CONSTRAINT webhook_deliveries_pk PRIMARY KEY (id),
  CONSTRAINT webhook_deliveries_webhook_fk FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_event_unique UNIQUE (webhook_id, event_key),
  CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
  CONSTRAINT webhook_deliveries_ended CHECK ((state = 'pending') = (ended_at IS NULL)),
  CONSTRAINT webhook_deliveries_pending_goes_on CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
);
-- Claims what is due, some of each webhook.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;
-- Lists the deliveries of one webhook, and finds out whether any went well.
CREATE INDEX webhook_deliveries_webhook_id_created_at ON webhook_deliveries (webhook_id, created_at, id);
-- Retention.
CREATE INDEX webhook_deliveries_created_at ON webhook_deliveries (created_at)`;
