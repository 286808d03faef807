import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { metadataDataSourceOptions } from '@tidetable/metadata-db';
import { DataSource } from 'typeorm';
import { QuestionsController } from './answer/questions.controller.js';
import { RunEventsConsumer } from './run-events.consumer.js';
import { type SchedulerContext, schedulerContext } from './scheduler-context.js';
import { SchedulerLoops } from './scheduler-loops.js';

/** Connections for the loops, the questions and what goes on beside the recording. */
const connectionsBesideRecording = 8;

/** Puts the scheduler together around the database that Nest connects. */
@Module({})
export class SchedulerModule {
  static create(context: Omit<SchedulerContext, 'database'>): DynamicModule {
    const { METADATA_DATABASE_URL: url, RECORD_CONCURRENCY: recordConcurrency } = context.settings;
    const poolSize = recordConcurrency + connectionsBesideRecording;
    return {
      module: SchedulerModule,
      imports: [ScheduleModule.forRoot(), TypeOrmModule.forRoot(metadataDataSourceOptions(url, poolSize))],
      controllers: [QuestionsController],
      providers: [
        {
          provide: schedulerContext,
          inject: [DataSource],
          useFactory: (database: DataSource): SchedulerContext => ({ ...context, database }),
        },
        RunEventsConsumer,
        SchedulerLoops,
      ],
    };
  }
}
