/** One step of the schema of connections, and the way back. */
export interface Migration {
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

/** The schema of connections, step by step, in the order of their names. A step that was released is never changed. */
export const migrations: readonly Migration[] = [
  {
    name: '0001-create-connections',
    up: `
CREATE TABLE connections (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  service text NOT NULL,
  state text NOT NULL DEFAULT 'connected',
  -- Whose files they are, at the service.
  provider_account_id text,
  provider_account_name text,
  -- What the customer agreed to, as the service says it.
  scope text,
  -- Sealed; of no use without the keys of the fetchers.
  refresh_token text NOT NULL,
  access_token text NOT NULL,
  access_expires_at timestamptz NOT NULL,
  -- Another one for every other pair of tokens.
  generation integer NOT NULL DEFAULT 1,
  connected_at timestamptz NOT NULL DEFAULT now(),
  refreshed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT connections_pk PRIMARY KEY (id),
  CONSTRAINT connections_one_per_service UNIQUE (account_id, service),
  CONSTRAINT connections_service_known CHECK (service IN ('gdrive', 'dropbox', 'box')),
  CONSTRAINT connections_state_known CHECK (state IN ('connected', 'needs-reconnecting'))
);
-- Which connections a push of a service is about.
CREATE INDEX connections_provider_account ON connections (service, provider_account_id);

-- Customers on their way to a service and back.
CREATE TABLE authorizations (
  state_hash bytea NOT NULL,
  account_id uuid NOT NULL,
  username text NOT NULL,
  service text NOT NULL,
  -- The PKCE verifier, sealed.
  verifier text NOT NULL,
  -- The browser that agreed; it alone may come back.
  binding text,
  expires_at timestamptz NOT NULL,
  CONSTRAINT authorizations_pk PRIMARY KEY (state_hash),
  CONSTRAINT authorizations_service_known CHECK (service IN ('gdrive', 'dropbox', 'box'))
);
-- Those that are too old are removed.
CREATE INDEX authorizations_expires_at ON authorizations (expires_at);
`,
    down: `
DROP TABLE authorizations;
DROP TABLE connections;
`,
  },
  {
    name: '0002-create-url-credentials',
    up: `
-- Headers, user names and passwords that the requests for a URL carry.
CREATE TABLE url_credentials (
  synchronization_id uuid NOT NULL,
  account_id uuid NOT NULL,
  -- Scheme, host and port; no other one ever sees them.
  origin text NOT NULL,
  -- Sealed; of no use without the keys of the fetchers.
  secret text NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT url_credentials_pk PRIMARY KEY (synchronization_id)
);
`,
    down: `
DROP TABLE url_credentials;
`,
  },
  {
    name: '0003-create-push',
    up: `
-- Synchronized files whose services are to tell of changes.
CREATE TABLE push_items (
  synchronization_id uuid NOT NULL,
  account_id uuid NOT NULL,
  service text NOT NULL,
  item_id text NOT NULL,
  -- What tells of it; null until there is something.
  channel_id uuid,
  -- When opening a channel for it last failed.
  tried_at timestamptz,
  CONSTRAINT push_items_pk PRIMARY KEY (synchronization_id)
);
CREATE INDEX push_items_channel_id ON push_items (channel_id);

-- Ways that notifications come: channels of Drive, webhooks of Box.
CREATE TABLE push_channels (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  service text NOT NULL,
  -- What is watched.
  target text NOT NULL,
  -- The service's own name for it.
  remote_id text NOT NULL,
  -- Of the token that proves its messages, where they are not signed.
  token_hash text,
  last_message bigint NOT NULL DEFAULT 0,
  expires_at timestamptz,
  CONSTRAINT push_channels_pk PRIMARY KEY (id)
);
CREATE INDEX push_channels_target ON push_channels (account_id, service, target);
CREATE INDEX push_channels_remote_id ON push_channels (service, remote_id);

-- Hashes of the deliveries that came not long ago: none counts twice.
CREATE TABLE push_deliveries (
  id text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT push_deliveries_pk PRIMARY KEY (id)
);
`,
    down: `
DROP TABLE push_deliveries;
DROP TABLE push_channels;
DROP TABLE push_items;
`,
  },
];
