import 'reflect-metadata';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { connectBus, natsConnectionOptions } from '@tidetable/jetstream';
import { SchedulerClient } from '@tidetable/scheduler-client';
import { type Logger, nestLogger, type RunningService, startHealthServer } from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';
import { openStagedFileStore } from '@tidetable/staged-files';
import type { Pool } from 'pg';
import { createAnsweringPool } from './answer/answering-pool.js';
import { connectDestination } from './destination-database.js';
import { DestinationSessions } from './destination-sessions.js';
import type { ImportCheckpoint } from './import-run.js';
import type { ImportResources } from './import-steps.js';
import type { ImporterEnv } from './importer.env.js';
import { ImporterModule } from './importer.module.js';
import { importerMetrics } from './metrics.js';
import { ensureLedger } from './swap/ledger.js';

/** Every importer is in this group, so that a question is answered by one of them. */
const queueGroup = 'importer';
/** How long questions in hand may take when the service stops, in milliseconds. */
const questionsDrainMs = 250;

export interface ImporterOptions {
  /** Called at the named instants of every import; a no-op unless a test wants to be there. */
  checkpoint?: (name: ImportCheckpoint) => Promise<void>;
}

/** Starts the importer: returns once it takes files, answers questions and says that it is ready. */
export async function start(
  env: ImporterEnv,
  logger: Logger,
  options: ImporterOptions = {},
): Promise<RunningService> {
  const isDatabaseUsable = async (): Promise<boolean> => {
    const client = await connectDestination(env.DESTINATION_DATABASE_URL);
    await client.end();
    return true;
  };
  const bus = await connectBus(env.NATS_URL, 'importer', logger);
  const store = await openStagedFileStore(env.STAGED_FILES_URL, env.NATS_URL);
  const scheduler = SchedulerClient.create(natsConnectionOptions(env.NATS_URL), 'importer-questions');
  const sessions = new DestinationSessions(env.DESTINATION_DATABASE_URL);
  const session = await sessions.open();
  await ensureLedger(session.client).finally(() => session.release());

  const registry = createMetricsRegistry();
  const resources: ImportResources = {
    env,
    metrics: importerMetrics(registry),
    bus,
    store,
    scheduler,
    sessions,
    checkpoint: options.checkpoint ?? (async () => undefined),
  };
  const pool = createAnsweringPool(env.DESTINATION_DATABASE_URL);
  const app = await createApp(resources, pool, logger);
  await app.listen();
  const checks = {
    bus: () => bus.isUsable(),
    destinationDatabase: isDatabaseUsable,
    stagedFiles: () => store.isUsable(),
  };
  const health = await startHealthServer(env.HEALTH_PORT, checks, registry);
  const stop = async (): Promise<void> => {
    await app.close();
    await sessions.close();
    await pool.end();
    await health.close();
    await scheduler.close();
    await store.close();
    await bus.close();
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

async function createApp(resources: ImportResources, pool: Pool, logger: Logger): Promise<INestMicroservice> {
  return NestFactory.createMicroservice<MicroserviceOptions>(ImporterModule.with(resources, pool, logger), {
    transport: Transport.NATS,
    options: {
      ...natsConnectionOptions(resources.env.NATS_URL),
      name: 'importer-answers',
      queue: queueGroup,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: true,
      gracefulShutdown: true,
      gracePeriod: questionsDrainMs,
    },
    logger: nestLogger(logger),
    abortOnError: false,
  });
}
