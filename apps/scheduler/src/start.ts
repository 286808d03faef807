import 'reflect-metadata';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { type Bus, connectBus, ensureStream, natsConnectionOptions } from '@tidetable/jetstream';
import { type Logger, nestLogger, type RunningService, startHealthServer } from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';
import { DataSource } from 'typeorm';
import { schedulerMetrics } from './metrics.js';
import { readBacklog } from './read-backlog.js';
import type { SchedulerContext } from './scheduler-context.js';
import type { SchedulerEnvironment } from './scheduler.env.js';
import { SchedulerModule } from './scheduler.module.js';

/** Every scheduler is in this group, so that a question is answered by one of them. */
const queueGroup = 'scheduler';
/** How long questions in hand may take when the service stops, in milliseconds. */
const questionsDrainMs = 250;

export interface StartOptions {
  /** Called at the named arrows of the path. @default nothing happens */
  checkpoint?: SchedulerContext['checkpoint'];
}

/** The running scheduler; `healthPort` is where it tells whether it is ready. */
export interface RunningScheduler extends RunningService {
  readonly healthPort: number;
}

/**
 * Starts a scheduler; it returns once it claims, records and answers. Waits for NATS, and for the database for half
 * a minute. Any number may run side by side.
 */
export async function start(
  env: SchedulerEnvironment,
  logger: Logger,
  options: StartOptions = {},
): Promise<RunningScheduler> {
  const bus = await connectBus(env.NATS_URL, 'scheduler', logger);
  try {
    await ensureStream(bus);
    const checkpoint = options.checkpoint ?? (async () => undefined);
    const registry = createMetricsRegistry();
    const metrics = schedulerMetrics(registry, () => readBacklog(app.get(DataSource)));
    const app = await createApp({ bus, logger, metrics, settings: env, checkpoint });
    await app.listen();
    const checks = {
      database: async () => (await app.get(DataSource).query('SELECT 1')) !== null,
      bus: () => bus.isUsable(),
    };
    const health = await startHealthServer(env.HEALTH_PORT, checks, registry);
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await app.close();
      await bus.close();
      await health.close();
    };
    return { healthPort: health.port, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await bus.close();
    throw error;
  }
}

async function createApp(
  context: Omit<SchedulerContext, 'database'> & { bus: Bus },
): Promise<INestMicroservice> {
  return NestFactory.createMicroservice<MicroserviceOptions>(SchedulerModule.create(context), {
    transport: Transport.NATS,
    options: {
      ...natsConnectionOptions(context.settings.NATS_URL),
      name: 'scheduler-answers',
      queue: queueGroup,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: true,
      gracefulShutdown: true,
      gracePeriod: questionsDrainMs,
    },
    logger: nestLogger(context.logger),
    abortOnError: false,
  });
}
