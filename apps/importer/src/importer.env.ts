import { logLevels } from '@tidetable/service-host';
import { telemetryEnv } from '@tidetable/telemetry';
import { z } from 'zod';

/** What the importer is configured with. */
export const importerEnvSchema = z.object({
  DESTINATION_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe(
      "the database with the customers' tables, reached directly or through a pooler in session mode, e.g. postgres://user:password@host:5432/destination",
    ),
  NATS_URL: z
    .string()
    .min(1)
    .describe('the NATS servers, e.g. nats://host:4222; several are separated by commas'),
  STAGED_FILES_URL: z
    .string()
    .regex(/^(file:\/\/\/|nats-object-store:)/)
    .describe('where staged files lie, the same as for the fetcher: file:///folder or nats-object-store:'),
  LOG_LEVEL: z
    .enum(logLevels)
    .default('info')
    .describe(`the least severe level that is logged: ${logLevels.join(', ')}`),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8083)
    .describe('the port of /livez, /readyz and /metrics'),
  IMPORT_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('how many files are imported at once'),
  INDEX_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(16384)
    .default(256)
    .describe(
      "the memory the database may use for building one index, in megabytes (PostgreSQL's maintenance_work_mem)",
    ),
  READER_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(256)
    .max(1_048_576)
    .default(2048)
    .describe(
      'the address space of the process that reads geo formats and spreadsheets, in megabytes; it uses far less',
    ),
  PATH: z
    .string()
    .default('')
    .describe(
      "where GDAL's ogr2ogr is looked for after /usr/local/bin, /usr/bin and /bin; the operating system's own",
    ),
  ROWS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000_000_000)
    .describe('the most rows that a table may have'),
  COLUMNS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_597)
    .describe('the most columns that a file may have; no table holds more than 1,597 besides ours'),
  VERTICES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(10_000_000)
    .describe('the most vertices that one geometry may have'),
  LAYERS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000)
    .describe('the most layers that a geo file may have'),
  REJECTED_ROWS_ALLOWED: z.coerce
    .number()
    .int()
    .min(0)
    .default(10)
    .describe(
      'how many rows of a file may be rejected in any case, as long as more rows are taken than rejected; others fail the run',
    ),
  REJECTED_ROWS_MAX_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('the share of all rows of a file that may be rejected besides, from 0 to 1'),
  UNPACKED_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(20 * 1024 ** 3)
    .describe('the most bytes that are unpacked from one archive'),
  IMPORT_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(2 ** 31 - 1)
    .default(7_200_000)
    .describe('how long one import may take, in milliseconds'),
  PLAN_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .default(2)
    .describe(
      'how many files one importer reads at a time for dry runs, beside its imports; each takes as much memory as an import',
    ),
  SWAP_LOCK_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(400)
    .describe(
      'the longest that one try to replace a table waits for its readers, in milliseconds; keep it well below the deadlock_timeout of the database, so that no reader is ever cancelled',
    ),
  SWAP_PATIENCE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(120_000)
    .describe('how long replacing a table that is in use is tried again, in milliseconds'),
  ACK_WAIT_MS: z.coerce
    .number()
    .int()
    .min(500)
    .default(30_000)
    .describe(
      'how long after the last sign of life of an importer its file is given to another, in milliseconds',
    ),
  RETRY_DELAY_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(1_000)
    .describe('the pause before an import that we failed is tried again, in milliseconds; doubled each time'),
  SWEEP_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(300_000)
    .describe('how often staging tables of ended runs are looked for, in milliseconds'),
  LOGINS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe('how many logins to its tables an account may have; 0 for none'),
  LOGIN_CONNECTIONS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe('how many connections may be open with one login at a time'),
  LOGIN_STATEMENT_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(300_000)
    .describe(
      'how long a statement of a login takes by itself, in milliseconds; who is connected can set it otherwise',
    ),
  LOGIN_SWEEP_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(15_000)
    .describe('how often logins of disabled accounts are looked for, in milliseconds'),
  ...telemetryEnv,
});

export type ImporterEnv = z.infer<typeof importerEnvSchema>;
