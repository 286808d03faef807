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
import { QuestionsController } from './answer/questions.controller.js';
import type { ImportResources } from './import-steps.js';
import { FilePlans } from './plan/file-plans.js';
import { PlanController } from './plan/plan.controller.js';
import { consumeStagedRuns } from './staged-run.consumer.js';
import { startSweeping, type Sweeping } from './sweep/sweep-loop.js';

const resourcesToken = Symbol('resources');
const loggerToken = Symbol('logger');

/** How long imports in hand may go on when the service must stop; then another importer takes them over. */
const drainMs = 10_000;

/** Starts importing and sweeping when the application is up, and ends both before it goes. */
@Injectable()
class ImporterLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private consumption: Consumption | undefined;
  private sweeping: Sweeping | undefined;

  constructor(
    @Inject(resourcesToken) private readonly resources: ImportResources,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.consumption = await consumeStagedRuns(this.resources, this.logger);
    this.sweeping = startSweeping(this.resources, this.logger);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumption?.stop(drainMs), this.sweeping?.stop()]);
  }
}

/** Puts the importer together around what was opened before; the pool is for answering questions. */
@Module({})
export class ImporterModule {
  static with(resources: ImportResources, pool: Pool, logger: Logger): DynamicModule {
    return {
      module: ImporterModule,
      controllers: [QuestionsController, PlanController],
      providers: [
        { provide: Pool, useValue: pool },
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
