import { type DynamicModule, Module } from '@nestjs/common';
import type { Bus } from '@tidetable/jetstream';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import type { StagedFileStore } from '@tidetable/staged-files';
import type { Connections } from './connections/connections.js';
import { ConnectionsController } from './connections/connections.controller.js';
import type { CredentialStore } from './credentials/credential-store.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { CredentialsSweeper } from './credentials/credentials.sweeper.js';
import { ConnectionsSweeper } from './connections/connections.sweeper.js';
import type { FetchRunPorts } from './fetch-run.js';
import type { FetcherEnv } from './fetcher.env.js';
import * as tokens from './fetcher.tokens.js';
import type { FetcherMetrics } from './metrics.js';
import { PlanController } from './plan/plan.controller.js';
import { SourcePlans } from './plan/source-plans.js';
import { ChannelsLoop } from './push/channels-loop.js';
import type { Push } from './push/push.js';
import { PushController } from './push/push.controller.js';
import { RunRequestedConsumer } from './run-requested.consumer.js';
import { StagedFilesSweeper } from './sweep/staged-files.sweeper.js';
import type { DeliveryOptions } from './webhooks/deliver-webhook.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** What was opened before the container and is closed after it. */
export interface FetcherResources {
  environment: FetcherEnv;
  logger: Logger;
  metrics: FetcherMetrics;
  bus: Bus;
  scheduler: SchedulerClient;
  store: StagedFileStore;
  ports: FetchRunPorts;
  /** `null` where the operator has named no database for them. */
  connections: Connections | null;
  /** As `connections`, in the same database. */
  credentials: CredentialStore | null;
  /** As `connections`. */
  push: Push | null;
  /** How deliveries to webhooks are sent. */
  delivery: DeliveryOptions;
  plans: SourcePlans;
}

/** The fetcher's container: its consumer, controllers and sweepers over what they are given. */
@Module({})
export class FetcherModule {
  static with(resources: FetcherResources): DynamicModule {
    return {
      module: FetcherModule,
      controllers: [
        ConnectionsController,
        CredentialsController,
        PushController,
        WebhooksController,
        PlanController,
      ],
      providers: [
        { provide: tokens.environment, useValue: resources.environment },
        { provide: tokens.logger, useValue: resources.logger },
        { provide: tokens.metrics, useValue: resources.metrics },
        { provide: tokens.bus, useValue: resources.bus },
        { provide: tokens.scheduler, useValue: resources.scheduler },
        { provide: tokens.store, useValue: resources.store },
        { provide: tokens.ports, useValue: resources.ports },
        { provide: tokens.connections, useValue: resources.connections },
        { provide: tokens.credentials, useValue: resources.credentials },
        { provide: tokens.push, useValue: resources.push },
        { provide: tokens.delivery, useValue: resources.delivery },
        { provide: SourcePlans, useValue: resources.plans },
        RunRequestedConsumer,
        ConnectionsSweeper,
        StagedFilesSweeper,
        CredentialsSweeper,
        ChannelsLoop,
      ],
    };
  }
}
