import { type DynamicModule, Module } from '@nestjs/common';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { FetcherClient, ImporterClient, SchedulerClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { apiEnvironment, type ApiEnvironment } from './api.env.js';
import { Admission } from './authentication/admission.js';
import { AuthenticationGuard } from './authentication/authentication.guard.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { ConnectionsRepository } from './connections/connections.repository.js';
import { ConnectionsService, fetchers } from './connections/connections.service.js';
import { ConsentController } from './connections/consent.controller.js';
import { ConsentService } from './connections/consent.service.js';
import { ImportServicesController } from './connections/import-services.controller.js';
import { ImportServicesService } from './connections/import-services.service.js';
import { CredentialsService } from './credentials/credentials.service.js';
import { MetadataDatabase } from './database/metadata-database.js';
import { ErrorFilter } from './http/error.filter.js';
import { HealthController } from './http/health.controller.js';
import { apiLogger } from './http/log-requests.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImportsRepository } from './imports/imports.repository.js';
import { ImportsService } from './imports/imports.service.js';
import { RequestLimits } from './limits/request-limits.js';
import { PushController } from './push/push.controller.js';
import { RejectsController } from './rejects/rejects.controller.js';
import { RejectsRepository } from './rejects/rejects.repository.js';
import { importers, RejectsService } from './rejects/rejects.service.js';
import { CancelRunsService, schedulers } from './runs/cancel-runs.service.js';
import { SynchronizationsController } from './synchronizations/synchronizations.controller.js';
import { SynchronizationsRepository } from './synchronizations/synchronizations.repository.js';
import { SynchronizationsService } from './synchronizations/synchronizations.service.js';

/** How long a request waits for an importer to answer, in milliseconds. */
const importersPatienceMs = 3_000;
/** How long a request waits for a scheduler to answer, in milliseconds. */
const schedulersPatienceMs = 5_000;

/** The whole api as one Nest module. */
@Module({})
export class ApiModule {
  /** The module for one environment; nothing is connected until Nest creates it. */
  static for(environment: ApiEnvironment, logger: Logger): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        ...[SynchronizationsController, ImportsController, RejectsController, HealthController],
        ...[ConsentController, ConnectionsController, ImportServicesController, PushController],
      ],
      providers: [
        { provide: apiEnvironment, useValue: environment },
        { provide: apiLogger, useValue: logger },
        ErrorFilter,
        MetadataDatabase,
        AccountsRepository,
        RequestLimits,
        Admission,
        AuthenticationGuard,
        SynchronizationsRepository,
        SynchronizationsService,
        ImportsRepository,
        ImportsService,
        { provide: importers, useFactory: () => connectImporters(environment) },
        { provide: schedulers, useFactory: () => connectSchedulers(environment) },
        CancelRunsService,
        RejectsRepository,
        RejectsService,
        { provide: fetchers, useFactory: () => connectFetchers(environment) },
        CredentialsService,
        ConnectionsRepository,
        ConnectionsService,
        ConsentService,
        ImportServicesService,
      ],
    };
  }
}

function connectImporters({ NATS_URL: url }: ApiEnvironment): ImporterClient | null {
  return url === undefined
    ? null
    : ImporterClient.create(natsConnectionOptions(url), 'api', importersPatienceMs);
}

function connectSchedulers({ NATS_URL: url }: ApiEnvironment): SchedulerClient | null {
  return url === undefined
    ? null
    : SchedulerClient.create(natsConnectionOptions(url), 'api', schedulersPatienceMs);
}

function connectFetchers({ NATS_URL: url }: ApiEnvironment): FetcherClient | null {
  return url === undefined ? null : FetcherClient.create(natsConnectionOptions(url), 'api');
}
