import { logLevels, parseEnvironment } from '@tidetable/service-host';
import { telemetryEnv } from '@tidetable/telemetry';
import { z } from 'zod';

/** The largest number of seconds the metadata database can hold. */
export const intervalSecondsMax = 2_147_483_647;

/** The environment of the api. */
export const apiEnvSchema = z.object({
  METADATA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .describe('Address of the metadata database, postgres://user:password@host:port/name.'),
  NATS_URL: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The NATS servers, by which importers are asked for rejected rows and fetchers for connections to storage services; several are separated by commas. Without it those answers are 503.',
    ),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/[?#]/.test(text))
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Where browsers and storage services reach the api, e.g. https://tidetable.example.org; registered redirect URIs begin with it. The same for api and fetchers; without it nobody can connect to a storage service.',
    ),
  API_HOST: z.string().default('0.0.0.0').describe('Network address on which the API listens.'),
  API_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port on which the API listens; 0 takes any free one.'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8084)
    .describe('Port of /metrics, which customers must not reach, /livez and /readyz; 0 takes any free one.'),
  API_ACCOUNT_DOMAIN: z
    .string()
    .toLowerCase()
    .default('localhost')
    .describe(
      'Domain under which each account has a subdomain: with example.org, demo.example.org is account demo.',
    ),
  MIN_INTERVAL_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(intervalSecondsMax)
    .default(900)
    .describe('The shortest interval a synchronization may have, in seconds.'),
  PLAN_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(2 ** 31 - 1 - 60_000)
    .default(120_000)
    .describe(
      'How long a dry run may take, from the request to the answer, in milliseconds; longer ones are answered with 504.',
    ),
  SYNC_NOW_GAP_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(intervalSecondsMax)
    .default(900)
    .describe('How long after the last attempt a refresh can be asked for by hand, in seconds.'),
  LIVE_CHECK_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(10_000)
    .describe(
      'How often each stream of events looks for changes that nobody told of, shows that it lives, and has its key checked, in milliseconds.',
    ),
  DESTINATION_PUBLIC_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .refine((text) => new URL(text).username === '' && new URL(text).password === '')
    .optional()
    .describe(
      "Where customers reach the database with their tables, e.g. postgresql://tables.example.org:5432/destination?sslmode=require; without it they are told the importers' own address.",
    ),
  REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(intervalSecondsMax)
    .default(600)
    .describe(
      'How many requests an account may make in a minute, unless it has a limit of its own; as many may come at once. Each api counts for itself.',
    ),
  STRANGER_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(intervalSecondsMax)
    .default(120)
    .describe('How many requests without a valid key may come from one address in a minute.'),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^[\da-fA-F.:/]+(,[\da-fA-F.:/]+)*$/)
    .optional()
    .describe(
      'Addresses or networks, separated by commas, of the proxies in front of the api whose X-Forwarded-For is believed. Without it whoever connects is who asks.',
    ),
  LOG_LEVEL: z.enum(logLevels).default('info').describe('How talkative the logs are.'),
  ...telemetryEnv,
});

export type ApiEnvironment = Readonly<z.infer<typeof apiEnvSchema>>;

/** Parses the environment of the api; throws EnvironmentError naming every variable that is missing or wrong. */
export function parseApiEnvironment(environment: Record<string, string | undefined>): ApiEnvironment {
  return parseEnvironment(apiEnvSchema, environment);
}

/** Under this token Nest injects the parsed environment. */
export const apiEnvironment = Symbol('api environment');
