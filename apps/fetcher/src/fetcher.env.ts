import { logLevels } from '@tidetable/service-host';
import { telemetryEnv } from '@tidetable/telemetry';
import { isStagedFilesUrl } from '@tidetable/staged-files';
import { z } from 'zod';
import { parseAllowedPorts } from './addresses/allowed-ports.js';
import { parseNetworks } from './addresses/classify-address.js';
import { parseKeyring } from './connections/seal-secret.js';
import { halfConfigured, hasClients, providerEnvShape } from './providers/provider.env.js';

const milliseconds = z.coerce
  .number()
  .int()
  .positive()
  .max(2 ** 31 - 1);

function parsed<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse();
  } catch {
    context.addIssue({ code: 'custom', message: 'the list can not be read' });
    return z.NEVER;
  }
}

const networks = z
  .string()
  .default('')
  .transform((list, context) => parsed(() => parseNetworks(list), context));

const variables = z.object({
  NATS_URL: z
    .string()
    .min(1)
    .describe('The NATS server with JetStream, e.g. nats://127.0.0.1:4222; several by commas'),
  STAGED_FILES_URL: z
    .string()
    .refine(isStagedFilesUrl)
    .default('nats-object-store:')
    .describe(
      'Where files rest between fetcher and importer: file:///directory, or nats-object-store: for NATS_URL',
    ),
  CONNECTIONS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      "The database of the customers' connections to storage services, which no other service touches, postgres://user:password@host:port/name",
    ),
  CONNECTION_KEYS: z
    .string()
    .transform((list, context) => parsed(() => parseKeyring(list), context))
    .optional()
    .describe(
      'Keys that tokens are encrypted with, as id:base64 of 32 random bytes, by commas: the first encrypts, all decrypt',
    ),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/[?#]/.test(text))
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Where browsers and storage services reach the api, e.g. https://tidetable.example.org; registered redirect URIs begin with it',
    ),
  ...providerEnvShape,
  PROVIDER_CALL_TIMEOUT_MS: milliseconds
    .max(20_000)
    .default(10_000)
    .describe('How long a storage service may take for a small answer, in milliseconds'),
  PUSH_KEEP_INTERVAL_MS: milliseconds
    .default(5 * 60_000)
    .describe(
      'How often channels that storage services tell of changes through are looked after, in milliseconds',
    ),
  PUSH_CHANNEL_LIFE_MS: milliseconds
    .max(86_400_000)
    .default(86_400_000)
    .describe(
      'How long a channel of Google Drive is asked for, in milliseconds; it is replaced before its end',
    ),
  CREDENTIALS_OVER_HTTP: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .describe(
      'Whether headers, user names and passwords that customers give for a URL may also be sent without encryption, to http addresses: true or false',
    ),
  PROVIDER_RETRY_DELAY_MS: milliseconds
    .default(1_000)
    .describe(
      'Rest before a storage service that limits us is asked again where it does not say when, in milliseconds; doubles',
    ),
  CONNECTION_SWEEP_INTERVAL_MS: milliseconds
    .default(60 * 60_000)
    .describe(
      'How often tokens that are encrypted with an old key, or were not used for long, are looked for, in milliseconds',
    ),
  SOURCE_ALLOWED_CIDRS: networks.describe(
    'Private networks that sources may live in, as comma-separated CIDRs; empty allows public addresses only',
  ),
  SOURCE_REFUSED_CIDRS: networks.describe(
    'Networks that are never connected to although they are public or allowed, as comma-separated CIDRs',
  ),
  SOURCE_ALLOWED_PORTS: z
    .string()
    .default('')
    .transform((list, context) => parsed(() => parseAllowedPorts(list), context))
    .describe(
      'TCP ports that sources may be served from, e.g. 80,443,8000-8999; empty allows all but those of other protocols',
    ),
  NODE_TLS_REJECT_UNAUTHORIZED: z
    .string()
    .refine((value) => value !== '0')
    .optional()
    .describe('Certificates are always verified: 0 is refused'),
  SOURCE_USER_AGENT: z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .default('Tidetable/0.1 (+https://github.com/tidetable/tidetable)')
    .describe('The User-Agent that sources see; it should say where you can be reached'),
  SOURCE_HOST_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(6)
    .describe('Requests to one host that all fetchers together have under way; 0 sets no limit'),
  SOURCE_HOST_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(600)
    .describe('Requests to one host that all fetchers together begin in a minute; 0 sets no limit'),
  SOURCE_WAIT_MS: milliseconds
    .default(120_000)
    .describe('How long a request waits for its turn, or because its host asks it to, in milliseconds'),
  SOURCE_REDIRECTS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(50)
    .default(5)
    .describe('Redirects followed for one file'),
  FILE_BYTES_MAX: z.coerce
    .number()
    .int()
    .positive()
    .default(10 * 1024 ** 3)
    .describe('The largest file that is accepted, in bytes, decompressed'),
  CONNECT_TIMEOUT_MS: milliseconds
    .default(30_000)
    .describe('How long finding and connecting to a source may take, in milliseconds'),
  IDLE_TIMEOUT_MS: milliseconds
    .default(60_000)
    .describe('How long a source may stay silent, in milliseconds'),
  DOWNLOAD_TIMEOUT_MS: milliseconds
    .default(60 * 60_000)
    .describe('How long fetching one file may take as a whole, all attempts together, in milliseconds'),
  FETCH_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(4)
    .describe('Runs that one process fetches at the same time'),
  PLAN_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(4)
    .describe(
      'Dry runs that one process makes at the same time, beside its runs; of one account half as many',
    ),
  PLAN_FILE_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1024 ** 3)
    .describe('The longest file that a dry run fetches, in bytes, where a run may fetch longer ones'),
  ACK_WAIT_MS: milliseconds
    .min(1_000)
    .default(30_000)
    .describe('How long a worker may give no sign of life before its run goes to another, in milliseconds'),
  RETRY_DELAY_MS: milliseconds
    .default(1_000)
    .describe(
      'Rest before the first retry after a failure of our own, in milliseconds; doubles up to a minute',
    ),
  DRAIN_TIMEOUT_MS: milliseconds
    .max(25_000)
    .default(10_000)
    .describe('How long runs in hand may take to finish when the service stops, in milliseconds'),
  SWEEP_INTERVAL_MS: milliseconds
    .default(5 * 60_000)
    .describe('How often forgotten staged files are looked for, in milliseconds'),
  SWEEP_AGE_MS: milliseconds
    .default(10 * 60_000)
    .describe('How old a staged file must be to be looked at by the sweeper, in milliseconds'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8082)
    .describe('Port of /livez, /readyz and /metrics; 0 takes a free one'),
  LOG_LEVEL: z.enum(logLevels).default('info').describe('How much is logged'),
  ...telemetryEnv,
});

/** The environment of the fetcher: everything an operator can decide about it. */
export const fetcherEnvSchema = variables.superRefine((env, context) => {
  const problems = halfConfigured(env);
  const needed = ['CONNECTIONS_DATABASE_URL', 'CONNECTION_KEYS', 'PUBLIC_URL'] as const;
  if (hasClients(env)) {
    const lacking = needed.filter((name) => env[name] === undefined);
    problems.push(...lacking.map((name) => `${name} must be set for an OAuth client to be used`));
  }
  problems.forEach((message) => context.addIssue({ code: 'custom', message }));
});

export type FetcherEnv = Readonly<z.infer<typeof fetcherEnvSchema>>;
