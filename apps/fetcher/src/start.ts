import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { connectBus, natsConnectionOptions, publishEventOnce } from '@tidetable/jetstream';
import { ImporterClient, SchedulerClient } from '@tidetable/scheduler-client';
import { type Logger, nestLogger, type RunningService, startHealthServer } from '@tidetable/service-host';
import { openStagedFileStore } from '@tidetable/staged-files';
import { resolveBySystem, type ResolveName } from './addresses/resolve-host.js';
import { askImporters } from './ask-for-table.js';
import type { Checkpoint, FetchRunPorts } from './fetch-run.js';
import type { FetcherEnv } from './fetcher.env.js';
import { FetcherModule } from './fetcher.module.js';
import { createHostLimits } from './politeness/host-limits.js';
import type { HostStates } from './politeness/host-states.js';
import { sharedHostStates } from './politeness/shared-host-states.js';
import type { SourceConnectors } from './sources/fetch-source.js';
import { createUrlSource } from './sources/url-source.js';

const serviceName = 'tidetable-fetcher';

export interface StartOptions {
  /** Called between the steps of a run. @default does nothing */
  checkpoint?: Checkpoint;
  /** Finds the addresses of a host name. @default the system's resolver */
  resolveName?: ResolveName;
}

/** A fetcher that is up. */
export interface RunningFetcher extends RunningService {
  readonly healthPort: number;
}

/**
 * Starts a fetcher; returns once it takes runs. Waits for NATS when it is not there yet.
 * Any number may run side by side and be killed at any moment: their runs go to the others.
 */
export async function start(
  env: FetcherEnv,
  logger: Logger,
  options: StartOptions = {},
): Promise<RunningFetcher> {
  const bus = await connectBus(env.NATS_URL, serviceName, logger);
  const store = await openStagedFileStore(env.STAGED_FILES_URL, env.NATS_URL);
  const scheduler = SchedulerClient.create(natsConnectionOptions(env.NATS_URL), serviceName);
  const importers = ImporterClient.create(natsConnectionOptions(env.NATS_URL), serviceName);
  const ports: FetchRunPorts = {
    scheduler,
    isTableThere: askImporters(importers, logger),
    sources: connectSources(env, options.resolveName ?? resolveBySystem, sharedHostStates(bus, logger)),
    store,
    downloadTimeoutMs: env.DOWNLOAD_TIMEOUT_MS,
    publish: (subject, event) => publishEventOnce(bus, subject, event),
    checkpoint: options.checkpoint ?? (() => undefined),
  };
  const container = await NestFactory.createApplicationContext(
    FetcherModule.with({ environment: env, logger, bus, scheduler, store, ports }),
    { logger: nestLogger(logger), abortOnError: false },
  );
  const health = await startHealthServer(env.HEALTH_PORT, {
    bus: () => bus.isUsable(),
    store: () => store.isUsable(),
  });
  let stopped: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await container.close();
    await health.close();
    await scheduler.close();
    await importers.close();
    await store.close();
    await bus.close();
  };
  return { healthPort: health.port, stop: () => (stopped ??= close()) };
}

function connectSources(env: FetcherEnv, resolveName: ResolveName, states: HostStates): SourceConnectors {
  return {
    url: createUrlSource({
      resolveName,
      addressRules: { allowed: env.SOURCE_ALLOWED_CIDRS, refused: env.SOURCE_REFUSED_CIDRS },
      isPortAllowed: env.SOURCE_ALLOWED_PORTS,
      hostLimits: createHostLimits(
        {
          inFlightMax: env.SOURCE_HOST_CONCURRENCY,
          perMinuteMax: env.SOURCE_HOST_REQUESTS_PER_MINUTE,
          waitMs: env.SOURCE_WAIT_MS,
        },
        states,
      ),
      userAgent: env.SOURCE_USER_AGENT,
      redirectsMax: env.SOURCE_REDIRECTS_MAX,
      fileBytesMax: env.FILE_BYTES_MAX,
      connectTimeoutMs: env.CONNECT_TIMEOUT_MS,
      idleTimeoutMs: env.IDLE_TIMEOUT_MS,
    }),
  };
}
