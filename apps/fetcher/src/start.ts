import 'reflect-metadata';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { connectBus, natsConnectionOptions, progressTeller, publishEventOnce } from '@tidetable/jetstream';
import { ImporterClient, SchedulerClient } from '@tidetable/scheduler-client';
import { type Logger, nestLogger, type RunningService, startHealthServer } from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';
import { openStagedFileStore } from '@tidetable/staged-files';
import { resolveBySystem, type ResolveName } from './addresses/resolve-host.js';
import { askImporters } from './ask-for-table.js';
import type { AccessTokensOptions } from './connections/access-tokens.js';
import { openConnections } from './connections/open-connections.js';
import { connectSources } from './connect-sources.js';
import { credentialsTaker, type TakeCredentials } from './credentials/take-credentials.js';
import type { Checkpoint, FetchRunPorts } from './fetch-run.js';
import type { FetcherEnv } from './fetcher.env.js';
import { FetcherModule, type FetcherResources } from './fetcher.module.js';
import { fetcherMetrics } from './metrics.js';
import { createHostLimits } from './politeness/host-limits.js';
import { sharedHostStates } from './politeness/shared-host-states.js';
import { SourcePlans } from './plan/source-plans.js';
import { providerSettings } from './providers/provider-settings.js';
import { createPush } from './push/push.js';
import type { SourceConnectors } from './sources/fetch-source.js';
import { createServiceFiles } from './sources/services/create-service-files.js';

const serviceName = 'tidetable-fetcher';
/** Every fetcher is in this group, so that a question is answered by one of them. */
const queueGroup = 'fetcher';
/** How long questions in hand may take when the service stops, in milliseconds. */
const questionsDrainMs = 250;

export interface StartOptions {
  /** Called between the steps of a run. @default does nothing */
  checkpoint?: Checkpoint;
  /** Called between the steps of a refresh of tokens. @default does nothing */
  refreshCheckpoint?: AccessTokensOptions['checkpoint'];
  /** Finds the addresses of a host name. @default the system's resolver */
  resolveName?: ResolveName;
}

/** A fetcher that is up. */
export interface RunningFetcher extends RunningService {
  readonly healthPort: number;
}

/**
 * Starts a fetcher; returns once it takes runs and answers questions. Waits for NATS when it is not there yet.
 * Any number may run side by side and be killed at any moment: their runs go to the others.
 */
export async function start(
  env: FetcherEnv,
  logger: Logger,
  options: StartOptions = {},
): Promise<RunningFetcher> {
  const resolveName = options.resolveName ?? resolveBySystem;
  const calls = {
    resolveName,
    addressRules: { allowed: env.SOURCE_ALLOWED_CIDRS, refused: env.SOURCE_REFUSED_CIDRS },
    userAgent: env.SOURCE_USER_AGENT,
    callTimeoutMs: env.PROVIDER_CALL_TIMEOUT_MS,
  };
  const bus = await connectBus(env.NATS_URL, serviceName, logger);
  const hostLimits = createHostLimits(
    {
      inFlightMax: env.SOURCE_HOST_CONCURRENCY,
      perMinuteMax: env.SOURCE_HOST_REQUESTS_PER_MINUTE,
      waitMs: env.SOURCE_WAIT_MS,
    },
    sharedHostStates(bus, logger),
  );
  const providers = providerSettings(env);
  const serviceCalls = { ...calls, hostLimits, firstPauseMs: env.PROVIDER_RETRY_DELAY_MS };
  const files = createServiceFiles(providers, serviceCalls);
  const checkpoint = options.refreshCheckpoint;
  const connections = await openConnections({ env, logger, providers, calls, files, checkpoint }).catch(
    async (error: unknown) => {
      await bus.close();
      throw error;
    },
  );
  const store = await openStagedFileStore(env.STAGED_FILES_URL, env.NATS_URL);
  const scheduler = SchedulerClient.create(natsConnectionOptions(env.NATS_URL), serviceName);
  const importers = ImporterClient.create(natsConnectionOptions(env.NATS_URL), serviceName);
  const push =
    connections === null ? null : createPush({ env, ...connections, calls: serviceCalls, scheduler });
  const connect = (takeCredentials: TakeCredentials): SourceConnectors =>
    connectSources(env, resolveName, hostLimits, connections?.tokens ?? null, files, takeCredentials);
  const sources = connect(
    credentialsTaker(connections?.credentials ?? null, { isHttpAllowed: env.CREDENTIALS_OVER_HTTP }),
  );
  const plans = new SourcePlans(
    {
      ...{ env, store, bus, sources, importers },
      sourcesWith: (given) => ({ ...sources, url: connect(async () => given).url }),
    },
    logger,
  );
  const ports: FetchRunPorts = {
    scheduler,
    isTableThere: askImporters(importers, logger),
    sources,
    store,
    downloadTimeoutMs: env.DOWNLOAD_TIMEOUT_MS,
    publish: (subject, event) => publishEventOnce(bus, subject, event),
    progressOf: (run) => progressTeller(bus, run),
    checkpoint: options.checkpoint ?? (() => undefined),
    noteRun: async (run) =>
      push?.note(run).catch((error: unknown) => logger.warn({ err: error }, 'a file will be watched later')),
  };
  const credentials = connections?.credentials ?? null;
  const registry = createMetricsRegistry();
  const metrics = fetcherMetrics(registry);
  const app = await createApp({
    ...{ environment: env, logger, metrics, bus, scheduler, store, ports, connections, credentials, push },
    delivery: { ...calls, isPortAllowed: env.SOURCE_ALLOWED_PORTS },
    plans,
  });
  await app.listen();
  const checks = {
    bus: () => bus.isUsable(),
    store: () => store.isUsable(),
    ...(connections === null ? {} : { connectionsDatabase: () => connections.isUsable() }),
  };
  const health = await startHealthServer(env.HEALTH_PORT, checks, registry);
  let stopped: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await app.close();
    await health.close();
    await connections?.close();
    await scheduler.close();
    await importers.close();
    await store.close();
    await bus.close();
  };
  return { healthPort: health.port, stop: () => (stopped ??= close()) };
}

async function createApp(resources: FetcherResources): Promise<INestMicroservice> {
  const { environment: env, logger } = resources;
  return NestFactory.createMicroservice<MicroserviceOptions>(FetcherModule.with(resources), {
    transport: Transport.NATS,
    options: {
      ...natsConnectionOptions(env.NATS_URL),
      name: 'fetcher-answers',
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
