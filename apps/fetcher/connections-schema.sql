-- The schema of connections after all migrations, for reading and for review. Written by npm run schema; a test keeps it true.

CREATE TABLE public.authorizations (
    state_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    username text NOT NULL,
    service text NOT NULL,
    verifier text NOT NULL,
    binding text,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT authorizations_service_known CHECK ((service = ANY (ARRAY['gdrive'::text, 'dropbox'::text, 'box'::text])))
);

CREATE TABLE public.connections (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    service text NOT NULL,
    state text DEFAULT 'connected'::text NOT NULL,
    provider_account_id text,
    provider_account_name text,
    scope text,
    refresh_token text NOT NULL,
    access_token text NOT NULL,
    access_expires_at timestamp with time zone NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    connected_at timestamp with time zone DEFAULT now() NOT NULL,
    refreshed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT connections_service_known CHECK ((service = ANY (ARRAY['gdrive'::text, 'dropbox'::text, 'box'::text]))),
    CONSTRAINT connections_state_known CHECK ((state = ANY (ARRAY['connected'::text, 'needs-reconnecting'::text])))
);

CREATE TABLE public.push_channels (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    service text NOT NULL,
    target text NOT NULL,
    remote_id text NOT NULL,
    token_hash text,
    last_message bigint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone
);

CREATE TABLE public.push_deliveries (
    id text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.push_items (
    synchronization_id uuid NOT NULL,
    account_id uuid NOT NULL,
    service text NOT NULL,
    item_id text NOT NULL,
    channel_id uuid,
    tried_at timestamp with time zone
);

CREATE TABLE public.url_credentials (
    synchronization_id uuid NOT NULL,
    account_id uuid NOT NULL,
    origin text NOT NULL,
    secret text NOT NULL,
    kept_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.authorizations
    ADD CONSTRAINT authorizations_pk PRIMARY KEY (state_hash);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_one_per_service UNIQUE (account_id, service);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.push_channels
    ADD CONSTRAINT push_channels_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.push_deliveries
    ADD CONSTRAINT push_deliveries_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.push_items
    ADD CONSTRAINT push_items_pk PRIMARY KEY (synchronization_id);

ALTER TABLE ONLY public.url_credentials
    ADD CONSTRAINT url_credentials_pk PRIMARY KEY (synchronization_id);

CREATE INDEX authorizations_expires_at ON public.authorizations USING btree (expires_at);

CREATE INDEX connections_provider_account ON public.connections USING btree (service, provider_account_id);

CREATE INDEX push_channels_remote_id ON public.push_channels USING btree (service, remote_id);

CREATE INDEX push_channels_target ON public.push_channels USING btree (account_id, service, target);

CREATE INDEX push_items_channel_id ON public.push_items USING btree (channel_id);
