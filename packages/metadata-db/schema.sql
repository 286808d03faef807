-- The schema after all migrations, for reading and for review. Written by npm run schema; a test keeps it true.

CREATE FUNCTION public.audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  audit jsonb := TG_ARGV[0]::jsonb;
  actor jsonb := current_setting('tidetable.actor')::jsonb;
  before jsonb := '{}';
  after jsonb := to_jsonb(NEW);
  done text;
  changed jsonb;

BEGIN
  IF TG_OP = 'UPDATE' THEN before := to_jsonb(OLD); END IF;
  SELECT value INTO done FROM jsonb_each_text(audit -> 'actions')
   WHERE TG_OP = 'UPDATE' AND before -> key IS DISTINCT FROM after -> key AND after ->> key IS NOT NULL
   LIMIT 1;
  SELECT coalesce(jsonb_agg(
           CASE WHEN audit -> 'secrets' ? name THEN jsonb_build_object('field', name)
                WHEN name = 'url' THEN jsonb_build_object('field', name, 'old', bare_url(before ->> name), 'new', bare_url(after ->> name))
                ELSE jsonb_build_object('field', name, 'old', before -> name, 'new', after -> name) END
           ORDER BY place), '[]')
    INTO changed
    FROM jsonb_array_elements_text((audit -> 'columns') || (audit -> 'secrets')) WITH ORDINALITY AS watched (name, place)
   WHERE coalesce(before -> name, 'null') IS DISTINCT FROM coalesce(after -> name, 'null');
  IF TG_OP = 'UPDATE' AND done IS NULL AND changed = '[]' THEN RETURN NULL; END IF;
  INSERT INTO audit_entries
    (account_id, actor_kind, key_id, key_prefix, request_id, action, target_kind, target_id, changes)
  VALUES (
    (after ->> (audit ->> 'account'))::uuid, coalesce(actor ->> 'kind', 'unknown'), (actor ->> 'keyId')::uuid,
    actor ->> 'keyPrefix', (actor ->> 'requestId')::uuid,
    CASE TG_OP WHEN 'INSERT' THEN 'created' ELSE coalesce(done, 'changed') END,
    audit ->> 'target', after ->> 'id', changed);
  RETURN NULL;

END $$;

CREATE FUNCTION public.bare_url(url text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$
  SELECT regexp_replace(regexp_replace(url, '[?#].*$', ''), '^([A-Za-z][A-Za-z0-9+.-]*:[/\\]*)[^/\\]*@', '\1')
$_$;

CREATE FUNCTION public.note_changed_source() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.source_host(url text, service_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT coalesce('service:' || service_name, left(rtrim(lower(substring(url from '^[A-Za-z][A-Za-z0-9+.-]*:[/\\]*(?:[^/\\?#]*@)?(\[[^]/\\?#]*\]|[^/\\?#:@]*)')), '.'), 253), '')$$;

CREATE FUNCTION public.tell_runs_to_close() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
  BEGIN
    PERFORM pg_notify('runs_to_close', '');
    RETURN NULL;
  END
$$;

CREATE TABLE public.accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    file_bytes_max bigint,
    rows_max bigint,
    columns_max integer,
    vertices_max integer,
    layers_max integer,
    runs_max integer,
    tables_max integer,
    total_rows_max bigint,
    total_bytes_max bigint,
    requests_per_minute_max integer,
    CONSTRAINT accounts_columns_max_positive CHECK ((columns_max > 0)),
    CONSTRAINT accounts_file_bytes_max_possible CHECK (((file_bytes_max >= 1) AND (file_bytes_max <= '9007199254740991'::bigint))),
    CONSTRAINT accounts_layers_max_positive CHECK ((layers_max > 0)),
    CONSTRAINT accounts_requests_per_minute_max_positive CHECK ((requests_per_minute_max > 0)),
    CONSTRAINT accounts_rows_max_possible CHECK (((rows_max >= 1) AND (rows_max <= '9007199254740991'::bigint))),
    CONSTRAINT accounts_runs_max_positive CHECK ((runs_max > 0)),
    CONSTRAINT accounts_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text]))),
    CONSTRAINT accounts_tables_max_positive CHECK ((tables_max > 0)),
    CONSTRAINT accounts_total_bytes_max_possible CHECK (((total_bytes_max >= 1) AND (total_bytes_max <= '9007199254740991'::bigint))),
    CONSTRAINT accounts_total_rows_max_possible CHECK (((total_rows_max >= 1) AND (total_rows_max <= '9007199254740991'::bigint))),
    CONSTRAINT accounts_username_form CHECK ((username ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$|^[a-z]$'::text)),
    CONSTRAINT accounts_vertices_max_positive CHECK ((vertices_max > 0))
);

CREATE TABLE public.api_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    key_prefix text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    name text,
    scope text DEFAULT 'admin'::text NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone,
    CONSTRAINT api_keys_key_hash_is_sha256 CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT api_keys_name_length CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_keys_scope_known CHECK ((scope = ANY (ARRAY['read'::text, 'write'::text, 'admin'::text])))
);

CREATE TABLE public.audit_entries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor_kind text NOT NULL,
    key_id uuid,
    key_prefix text,
    request_id uuid,
    action text NOT NULL,
    target_kind text NOT NULL,
    target_id text NOT NULL,
    changes jsonb NOT NULL,
    CONSTRAINT audit_entries_actor_kind_known CHECK ((actor_kind = ANY (ARRAY['key'::text, 'operator'::text, 'unknown'::text])))
);

CREATE TABLE public.clock (
    only_row boolean DEFAULT true NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    steps integer DEFAULT 0 NOT NULL,
    step_ms bigint,
    stepped_at timestamp with time zone,
    moved_up_to uuid,
    CONSTRAINT clock_one_row CHECK (only_row),
    CONSTRAINT clock_step_is_dated CHECK (((step_ms IS NULL) = (stepped_at IS NULL)))
);

CREATE TABLE public.idempotency_keys (
    account_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body json,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_length CHECK (((length(key) >= 1) AND (length(key) <= 255))),
    CONSTRAINT idempotency_keys_request_hash_is_sha256 CHECK ((octet_length(request_hash) = 32))
);

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    message_id text NOT NULL,
    subject text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.run_log (
    id bigint NOT NULL,
    log_id uuid NOT NULL,
    run_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    level text NOT NULL,
    message text NOT NULL,
    CONSTRAINT run_log_level_known CHECK ((level = ANY (ARRAY['info'::text, 'warning'::text, 'error'::text])))
);

ALTER TABLE public.run_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.run_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.runs (
    id uuid NOT NULL,
    synchronization_id uuid NOT NULL,
    run_number integer NOT NULL,
    trigger text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    deadline_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    outcome text,
    unchanged_by text,
    failure_code text,
    failure_detail text,
    source_sha256 text,
    source_bytes bigint,
    report jsonb,
    CONSTRAINT runs_failed_has_code CHECK (((NOT (outcome IS DISTINCT FROM 'failed'::text)) = (failure_code IS NOT NULL))),
    CONSTRAINT runs_finished_has_outcome CHECK (((finished_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT runs_imported_has_report CHECK (((NOT (outcome IS DISTINCT FROM 'imported'::text)) = (report IS NOT NULL))),
    CONSTRAINT runs_outcome_known CHECK ((outcome = ANY (ARRAY['unchanged'::text, 'imported'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT runs_trigger_known CHECK ((trigger = ANY (ARRAY['created'::text, 'schedule'::text, 'manual'::text])))
);

CREATE TABLE public.synchronizations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id uuid NOT NULL,
    url text,
    interval_seconds integer NOT NULL,
    requested_table_name text,
    type_guessing boolean DEFAULT true NOT NULL,
    quoted_fields_guessing boolean DEFAULT true NOT NULL,
    content_guessing boolean DEFAULT false NOT NULL,
    options_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    first_run_id uuid DEFAULT gen_random_uuid() NOT NULL,
    log_id uuid DEFAULT gen_random_uuid() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sync_requested_at timestamp with time zone,
    deleted_at timestamp with time zone,
    state text DEFAULT 'created'::text NOT NULL,
    name text,
    run_at timestamp with time zone NOT NULL,
    ran_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    attempted_at timestamp with time zone,
    runs_count integer DEFAULT 0 NOT NULL,
    retried_times integer DEFAULT 0 NOT NULL,
    stopped boolean DEFAULT false NOT NULL,
    failure_code text,
    failure_detail text,
    source_etag text,
    source_last_modified text,
    source_sha256 text,
    source_bytes bigint,
    imported_at timestamp with time zone,
    due_at timestamp with time zone GENERATED ALWAYS AS (
CASE
    WHEN ((deleted_at IS NOT NULL) OR (state = ANY (ARRAY['queued'::text, 'syncing'::text]))) THEN NULL::timestamp with time zone
    WHEN (state = 'created'::text) THEN created_at
    WHEN (sync_requested_at > attempted_at) THEN sync_requested_at
    WHEN stopped THEN NULL::timestamp with time zone
    ELSE run_at
END) STORED,
    source_validation jsonb,
    member text,
    layer text,
    soon_tries smallint DEFAULT 0 NOT NULL,
    service_name text,
    service_item_id text,
    source_revision text,
    held boolean DEFAULT false NOT NULL,
    header_names text[] DEFAULT '{}'::text[] NOT NULL,
    has_basic_auth boolean DEFAULT false NOT NULL,
    pushed_at timestamp with time zone,
    held_by_host boolean DEFAULT false NOT NULL,
    cron text,
    time_zone text,
    source_changed_at timestamp with time zone,
    table_rows bigint,
    table_bytes bigint,
    CONSTRAINT synchronizations_attempted_unless_created CHECK (((state = 'created'::text) = (attempted_at IS NULL))),
    CONSTRAINT synchronizations_credentials_of_url CHECK (((url IS NOT NULL) OR ((cardinality(header_names) = 0) AND (NOT has_basic_auth)))),
    CONSTRAINT synchronizations_cron_has_zone CHECK (((cron IS NULL) = (time_zone IS NULL))),
    CONSTRAINT synchronizations_failure_has_code CHECK (((state <> 'failure'::text) OR (failure_code IS NOT NULL))),
    CONSTRAINT synchronizations_held_once CHECK ((NOT (held AND held_by_host))),
    CONSTRAINT synchronizations_imported_has_source CHECK (((imported_at IS NULL) = (source_sha256 IS NULL))),
    CONSTRAINT synchronizations_interval_positive CHECK ((interval_seconds > 0)),
    CONSTRAINT synchronizations_layer_named CHECK ((layer <> ''::text)),
    CONSTRAINT synchronizations_member_named CHECK ((member <> ''::text)),
    CONSTRAINT synchronizations_one_source CHECK ((((url IS NULL) = (service_name IS NOT NULL)) AND ((service_name IS NULL) = (service_item_id IS NULL)))),
    CONSTRAINT synchronizations_retried_times_not_negative CHECK ((retried_times >= 0)),
    CONSTRAINT synchronizations_service_known CHECK ((service_name = ANY (ARRAY['gdrive'::text, 'dropbox'::text, 'box'::text]))),
    CONSTRAINT synchronizations_soon_tries_not_negative CHECK ((soon_tries >= 0)),
    CONSTRAINT synchronizations_state_known CHECK ((state = ANY (ARRAY['created'::text, 'queued'::text, 'syncing'::text, 'success'::text, 'failure'::text]))),
    CONSTRAINT synchronizations_success_has_name CHECK (((state <> 'success'::text) OR (name IS NOT NULL)))
);

CREATE VIEW public.sync_freshness AS
 SELECT a.username AS account,
    s.id AS synchronization_id,
    s.name AS table_name,
    s.state,
    f.fresh_at,
    (EXTRACT(epoch FROM (statement_timestamp() - f.fresh_at)))::bigint AS age_seconds,
    s.interval_seconds,
    GREATEST(((EXTRACT(epoch FROM (statement_timestamp() - COALESCE(f.fresh_at, s.created_at))))::bigint - (2 * (s.interval_seconds)::bigint)), (0)::bigint) AS late_seconds,
        CASE
            WHEN s.stopped THEN NULL::timestamp with time zone
            ELSE s.run_at
        END AS next_run_at,
    s.stopped,
    s.retried_times,
    s.failure_code
   FROM ((public.synchronizations s
     JOIN public.accounts a ON ((a.id = s.account_id)))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (s.imported_at IS NOT NULL) THEN s.ran_at
                    ELSE NULL::timestamp with time zone
                END AS fresh_at) f)
  WHERE ((s.deleted_at IS NULL) AND (a.state = 'active'::text));

CREATE TABLE public.webhook_deliveries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    webhook_id uuid NOT NULL,
    event_type text NOT NULL,
    event_key text NOT NULL,
    source text NOT NULL,
    subject text,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    redelivery_requested_at timestamp with time zone,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    attempted_at timestamp with time zone,
    series_began_at timestamp with time zone,
    next_attempt_at timestamp with time zone DEFAULT now(),
    ended_at timestamp with time zone,
    last_status integer,
    last_code text,
    due_at timestamp with time zone GENERATED ALWAYS AS (
CASE
    WHEN (redelivery_requested_at > COALESCE(attempted_at, created_at)) THEN LEAST(next_attempt_at, redelivery_requested_at)
    ELSE next_attempt_at
END) STORED,
    CONSTRAINT webhook_deliveries_ended CHECK (((state = 'pending'::text) = (ended_at IS NULL))),
    CONSTRAINT webhook_deliveries_pending_goes_on CHECK (((state = 'pending'::text) = (next_attempt_at IS NOT NULL))),
    CONSTRAINT webhook_deliveries_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);

CREATE TABLE public.webhooks (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id uuid NOT NULL,
    url text NOT NULL,
    event_types text[] NOT NULL,
    description text,
    secret text NOT NULL,
    previous_secret text,
    previous_secret_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    enabled_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text,
    active boolean GENERATED ALWAYS AS (((deleted_at IS NULL) AND enabled AND ((disabled_at IS NULL) OR (disabled_at <= enabled_at)))) STORED NOT NULL,
    CONSTRAINT webhooks_disabled_reason_known CHECK ((disabled_reason = ANY (ARRAY['gone'::text, 'undelivered'::text]))),
    CONSTRAINT webhooks_disabled_with_reason CHECK (((disabled_at IS NULL) = (disabled_reason IS NULL))),
    CONSTRAINT webhooks_event_types_some CHECK ((cardinality(event_types) > 0)),
    CONSTRAINT webhooks_previous_secret_ends CHECK (((previous_secret IS NULL) = (previous_secret_until IS NULL)))
);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_username_unique UNIQUE (username);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_key_hash_unique UNIQUE (key_hash);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.clock
    ADD CONSTRAINT clock_pk PRIMARY KEY (only_row);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pk PRIMARY KEY (account_id, key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_message_id_unique UNIQUE (message_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.run_log
    ADD CONSTRAINT run_log_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_run_number_unique UNIQUE (synchronization_id, run_number);

ALTER TABLE ONLY public.synchronizations
    ADD CONSTRAINT synchronizations_first_run_id_unique UNIQUE (first_run_id);

ALTER TABLE ONLY public.synchronizations
    ADD CONSTRAINT synchronizations_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_event_unique UNIQUE (webhook_id, event_key);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pk PRIMARY KEY (id);

CREATE INDEX api_keys_account_id ON public.api_keys USING btree (account_id);

CREATE INDEX audit_entries_account_id_at ON public.audit_entries USING btree (account_id, at, id);

CREATE INDEX audit_entries_at ON public.audit_entries USING btree (at);

CREATE INDEX idempotency_keys_created_at ON public.idempotency_keys USING btree (created_at);

CREATE INDEX run_log_log_id ON public.run_log USING btree (log_id, id);

CREATE INDEX run_log_run_id ON public.run_log USING btree (run_id);

CREATE INDEX runs_ended_finished_at ON public.runs USING btree (finished_at) WHERE ((run_number > 1) AND (outcome IS NOT NULL));

CREATE UNIQUE INDEX runs_one_open_per_synchronization ON public.runs USING btree (synchronization_id) WHERE (outcome IS NULL);

CREATE INDEX runs_open_deadline_at ON public.runs USING btree (deadline_at) WHERE (outcome IS NULL);

CREATE INDEX synchronizations_account_id_asked ON public.synchronizations USING btree (account_id, created_at, id) WHERE ((state = ANY (ARRAY['success'::text, 'failure'::text])) AND (sync_requested_at > attempted_at) AND (deleted_at IS NULL));

CREATE INDEX synchronizations_account_id_created ON public.synchronizations USING btree (account_id, created_at, id) WHERE ((state = 'created'::text) AND (deleted_at IS NULL));

CREATE INDEX synchronizations_account_id_created_at ON public.synchronizations USING btree (account_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX synchronizations_account_id_due_at ON public.synchronizations USING btree (account_id, due_at, id) WHERE ((deleted_at IS NULL) AND (due_at IS NOT NULL));

CREATE INDEX synchronizations_account_id_failure ON public.synchronizations USING btree (account_id, created_at, id) WHERE ((state = 'failure'::text) AND (deleted_at IS NULL));

CREATE INDEX synchronizations_account_id_service_name ON public.synchronizations USING btree (account_id, service_name, created_at, id) WHERE ((service_name IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX synchronizations_account_id_table_name ON public.synchronizations USING btree (account_id, lower(COALESCE(name, requested_table_name)) COLLATE "C", id) WHERE (deleted_at IS NULL);

CREATE INDEX synchronizations_deleted_at ON public.synchronizations USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE INDEX synchronizations_due ON public.synchronizations USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (NOT held) AND (NOT held_by_host));

CREATE INDEX synchronizations_held ON public.synchronizations USING btree (account_id, due_at) WHERE (held AND (due_at IS NOT NULL));

CREATE INDEX synchronizations_held_by_host ON public.synchronizations USING btree (public.source_host(url, service_name), account_id, due_at) WHERE (held_by_host AND (due_at IS NOT NULL));

CREATE INDEX synchronizations_in_flight_account ON public.synchronizations USING btree (account_id) WHERE ((state = ANY (ARRAY['queued'::text, 'syncing'::text])) AND (deleted_at IS NULL) AND (account_id IS NOT NULL));

CREATE INDEX synchronizations_in_flight_host ON public.synchronizations USING btree (public.source_host(url, service_name)) WHERE ((state = ANY (ARRAY['queued'::text, 'syncing'::text])) AND (deleted_at IS NULL) AND (COALESCE(url, service_name) IS NOT NULL));

CREATE INDEX synchronizations_service_item ON public.synchronizations USING btree (service_name, service_item_id) WHERE ((service_name IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX webhook_deliveries_created_at ON public.webhook_deliveries USING btree (created_at);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (webhook_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_deliveries_webhook_id_created_at ON public.webhook_deliveries USING btree (webhook_id, created_at, id);

CREATE INDEX webhooks_account_id_created_at ON public.webhooks USING btree (account_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX webhooks_active ON public.webhooks USING btree (account_id) WHERE active;

CREATE INDEX webhooks_deleted_at ON public.webhooks USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE TRIGGER accounts_audit_insert AFTER INSERT ON public.accounts FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"account","account":"id","columns":["username","state","file_bytes_max","rows_max","columns_max","vertices_max","layers_max","runs_max","tables_max","total_rows_max","total_bytes_max","requests_per_minute_max"],"secrets":[],"actions":{}}');

CREATE TRIGGER accounts_audit_update AFTER UPDATE OF username, state, file_bytes_max, rows_max, columns_max, vertices_max, layers_max, runs_max, tables_max, total_rows_max, total_bytes_max, requests_per_minute_max ON public.accounts FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"account","account":"id","columns":["username","state","file_bytes_max","rows_max","columns_max","vertices_max","layers_max","runs_max","tables_max","total_rows_max","total_bytes_max","requests_per_minute_max"],"secrets":[],"actions":{}}');

CREATE TRIGGER accounts_disabled AFTER UPDATE OF state ON public.accounts FOR EACH ROW WHEN (((new.state = 'disabled'::text) AND (old.state <> 'disabled'::text))) EXECUTE FUNCTION public.tell_runs_to_close();

CREATE TRIGGER api_keys_audit_insert AFTER INSERT ON public.api_keys FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"key","account":"account_id","columns":["name","scope","key_prefix","expires_at"],"secrets":[],"actions":{"revoked_at":"revoked","expires_at":"rotated"}}');

CREATE TRIGGER api_keys_audit_update AFTER UPDATE OF name, scope, key_prefix, expires_at, revoked_at ON public.api_keys FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"key","account":"account_id","columns":["name","scope","key_prefix","expires_at"],"secrets":[],"actions":{"revoked_at":"revoked","expires_at":"rotated"}}');

CREATE TRIGGER synchronizations_audit_insert AFTER INSERT ON public.synchronizations FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"synchronization","account":"account_id","columns":["url","service_name","service_item_id","interval_seconds","cron","time_zone","requested_table_name","type_guessing","quoted_fields_guessing","content_guessing","member","layer","header_names","has_basic_auth"],"secrets":[],"actions":{"deleted_at":"deleted","sync_requested_at":"refresh-requested"}}');

CREATE TRIGGER synchronizations_audit_update AFTER UPDATE OF url, service_name, service_item_id, interval_seconds, cron, time_zone, requested_table_name, type_guessing, quoted_fields_guessing, content_guessing, member, layer, header_names, has_basic_auth, deleted_at, sync_requested_at ON public.synchronizations FOR EACH ROW WHEN ((current_setting('tidetable.actor'::text, true) <> ''::text)) EXECUTE FUNCTION public.audit_change('{"target":"synchronization","account":"account_id","columns":["url","service_name","service_item_id","interval_seconds","cron","time_zone","requested_table_name","type_guessing","quoted_fields_guessing","content_guessing","member","layer","header_names","has_basic_auth"],"secrets":[],"actions":{"deleted_at":"deleted","sync_requested_at":"refresh-requested"}}');

CREATE TRIGGER synchronizations_deleted AFTER UPDATE OF deleted_at ON public.synchronizations FOR EACH ROW WHEN (((new.deleted_at IS NOT NULL) AND (old.deleted_at IS NULL) AND (new.state = ANY (ARRAY['queued'::text, 'syncing'::text])))) EXECUTE FUNCTION public.tell_runs_to_close();

CREATE TRIGGER synchronizations_source_changed BEFORE UPDATE OF url, service_name, service_item_id ON public.synchronizations FOR EACH ROW WHEN ((((old.url IS DISTINCT FROM new.url) OR (old.service_name IS DISTINCT FROM new.service_name)) OR (old.service_item_id IS DISTINCT FROM new.service_item_id))) EXECUTE FUNCTION public.note_changed_source();

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_account_fk FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_account_fk FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_account_fk FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.run_log
    ADD CONSTRAINT run_log_run_fk FOREIGN KEY (run_id) REFERENCES public.runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_synchronization_fk FOREIGN KEY (synchronization_id) REFERENCES public.synchronizations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.synchronizations
    ADD CONSTRAINT synchronizations_account_fk FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_fk FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_account_fk FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
