import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Consumption } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { Pool } from 'pg';
import { LoginsController, loginRules } from './answer/logins.controller.js';
import { QuestionsController } from './answer/questions.controller.js';
import { DestinationSessions } from './destination-sessions.js';
import type { ImportResources } from './import-steps.js';
import type { ImporterEnv } from './importer.env.js';
import type { LoginRules } from './logins/manage-logins.js';
import { FilePlans } from './plan/file-plans.js';
import { PlanController } from './plan/plan.controller.js';
import { consumeStagedRuns } from './staged-run.consumer.js';
import { startSweepingLogins } from './sweep/sweep-logins.js';
import { startSweeping, type Sweeping } from './sweep/sweep-loop.js';

const resourcesToken = Symbol('resources');
const loggerToken = Symbol('logger');

/** How long imports in hand may go on when the service must stop; then another importer takes them over. */
const drainMs = 10_000;

/** Starts importing and sweeping when the application is up, and ends both before it goes. */
@Injectable()
class ImporterLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private consumption: Consumption | undefined;
  private sweepings: Sweeping[] = [];

  constructor(
    @Inject(resourcesToken) private readonly resources: ImportResources,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.consumption = await consumeStagedRuns(this.resources, this.logger);
    this.sweepings = [
      startSweeping(this.resources, this.logger),
      startSweepingLogins(this.resources, this.logger),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    const sweeps = this.sweepings.map((sweeping) => sweeping.stop());
    await Promise.all([this.consumption?.stop(drainMs), ...sweeps]);
  }
}

/** Puts the importer together around what was opened before; the pool is for answering questions. */
@Module({})
export class ImporterModule {
  static with(resources: ImportResources, pool: Pool, logger: Logger): DynamicModule {
    return {
      module: ImporterModule,
      controllers: [QuestionsController, LoginsController, PlanController],
      providers: [
        { provide: Pool, useValue: pool },
        { provide: DestinationSessions, useValue: resources.sessions },
        { provide: loginRules, useValue: rulesOf(resources.env) },
        { provide: resourcesToken, useValue: resources },
        { provide: loggerToken, useValue: logger },
        {
          provide: FilePlans,
          useFactory: () => new FilePlans({ ...resources, database: pool }, logger),
        },
        ImporterLifecycle,
      ],
    };
  }
}

function rulesOf(env: ImporterEnv): LoginRules {
  const { hostname, port, pathname } = new URL(env.DESTINATION_DATABASE_URL);
  return {
    loginsMax: env.LOGINS_MAX,
    connectionsMax: env.LOGIN_CONNECTIONS_MAX,
    statementTimeoutMs: env.LOGIN_STATEMENT_TIMEOUT_MS,
    place: { host: hostname, port: Number(port || 5432), database: decodeURIComponent(pathname.slice(1)) },
  };
}
