import { logLevels } from '@tidetable/service-host';
import { telemetryEnv } from '@tidetable/telemetry';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(10);
const count = z.coerce.number().int().positive();

/** The environment of the scheduler, parsed once before anything starts. */
export const schedulerEnvSchema = z.object({
  METADATA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .describe('Address of the metadata database, e.g. postgres://tidetable@127.0.0.1/tidetable_metadata'),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls|wss?):\/\//)
    .describe('Address of NATS, e.g. nats://127.0.0.1:4222; several are separated by commas'),
  LOG_LEVEL: z.enum(logLevels).default('info').describe('How much is logged'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8081)
    .describe('Port of /livez, /readyz and /metrics; 0 takes any free one'),
  CLAIM_BATCH: count.max(10_000).default(500).describe('How many due synchronizations are claimed at a time'),
  ACCOUNT_RUNS_MAX: count
    .max(100_000)
    .default(3)
    .describe('How many runs of one account are in flight at a time, unless it has a limit of its own'),
  HOST_RUNS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(64)
    .describe(
      'How many runs that fetch from the same host, or from the same storage service, are in flight at a time; 0 sets no limit',
    ),
  CLAIM_INTERVAL_MS: milliseconds
    .default(1_000)
    .describe('How often due synchronizations are looked for when nobody says that there are some'),
  RUNS_MAX: count
    .default(10_000)
    .describe(
      'How many runs are in flight at a time in all, and so for the one destination database; what is due beyond stays in the metadata database',
    ),
  OUTBOX_MESSAGES_MAX: count
    .default(10_000)
    .describe('While so many events wait to be published, nothing more is claimed'),
  RELAY_BATCH: count.max(10_000).default(500).describe('How many events are published at a time'),
  RELAY_INTERVAL_MS: milliseconds.default(1_000).describe('How often left-over events are looked for'),
  RECORD_BATCH: count
    .max(5_000)
    .default(500)
    .describe('How many events that workers told are recorded by one transaction at most'),
  RECORD_CONCURRENCY: count
    .max(64)
    .default(2)
    .describe('How many such transactions there are at the same time'),
  RUN_DEADLINE_SECONDS: count
    .default(10_800)
    .describe(
      'How long a run may wait for a worker, and then how long it may take, before it is closed as lost',
    ),
  RESCUE_INTERVAL_MS: milliseconds.default(10_000).describe('How often overdue runs are looked for'),
  RUN_RETENTION_DAYS: count
    .default(90)
    .describe('How long ended runs and their log are kept; the first and the last of each table always are'),
  RUNS_KEPT_MAX: count
    .default(1_000)
    .describe(
      'How many ended runs of a table are kept at most, with their log; the first is kept beside them',
    ),
  DELETED_RETENTION_DAYS: count
    .default(7)
    .describe('How long the rows of a deleted synchronization are kept before they are removed'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/[?#]/.test(text))
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Where customers reach the api, e.g. https://tidetable.example.org; what webhooks are told begins its addresses with it, which are paths alone without it',
    ),
  WEBHOOK_CONCURRENCY: count
    .max(1_000)
    .default(32)
    .describe('How many deliveries to webhooks this scheduler has under way at a time'),
  WEBHOOK_INTERVAL_MS: milliseconds
    .default(1_000)
    .describe('How often deliveries that are due are looked for'),
  WEBHOOK_TIMEOUT_MS: milliseconds
    .max(60_000)
    .default(10_000)
    .describe('How long one delivery to a webhook may take, in milliseconds'),
  WEBHOOK_RETENTION_DAYS: count
    .default(14)
    .describe('How long deliveries to webhooks are kept, and can be asked for again'),
  AUDIT_RETENTION_DAYS: count.default(365).describe('How long the audit trail tells what was changed'),
  RETENTION_INTERVAL_MS: milliseconds.default(3_600_000).describe('How often old rows are removed'),
  ...telemetryEnv,
});

export type SchedulerEnvironment = Readonly<z.infer<typeof schedulerEnvSchema>>;
