import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  type CancelRunV1Reply,
  cancelRunV1Pattern,
  cancelRunV1RequestSchema,
  type DescribeRunV1Reply,
  describeRunV1Pattern,
  describeRunV1RequestSchema,
  type IsRunOpenV1Reply,
  isRunOpenV1Pattern,
  isRunOpenV1RequestSchema,
  refreshPushedV1Pattern,
  type RefreshPushedV1Reply,
  refreshPushedV1RequestSchema,
  type WhichActiveV1Reply,
  whichActiveV1Pattern,
  whichActiveV1RequestSchema,
  type WhichExistV1Reply,
  whichExistV1Pattern,
  whichExistV1RequestSchema,
} from '@tidetable/contracts';
import { DataSource } from 'typeorm';
import { cancelOnRequest } from '../keep-in-step.js';
import { type SchedulerContext, schedulerContext } from '../scheduler-context.js';
import { describeRun } from './describe-run.js';
import { refreshPushed } from './refresh-pushed.js';
import { whichActive } from './which-active.js';
import { whichExist } from './which-exist.js';

/**
 * Answers the workers' questions about runs and synchronizations. All schedulers share one queue group, so each question is answered by
 * one of them. An error here (the database is away, the question cannot be parsed) reaches the asker as an error
 * and never as an answer; `SchedulerClient` asks again then.
 */
@Controller()
export class QuestionsController {
  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(schedulerContext) private readonly context: SchedulerContext,
  ) {}

  @MessagePattern(describeRunV1Pattern)
  async describe(@Payload() question: unknown): Promise<DescribeRunV1Reply> {
    const { runId } = describeRunV1RequestSchema.parse(question);
    return describeRun(this.database, runId);
  }

  @MessagePattern(isRunOpenV1Pattern)
  async isOpen(@Payload() question: unknown): Promise<IsRunOpenV1Reply> {
    const { runId } = isRunOpenV1RequestSchema.parse(question);
    const { open } = await describeRun(this.database, runId);
    return { open };
  }

  @MessagePattern(cancelRunV1Pattern)
  async cancel(@Payload() question: unknown): Promise<CancelRunV1Reply> {
    const request = cancelRunV1RequestSchema.parse(question);
    const result = await cancelOnRequest(this.context, request);
    return { result };
  }

  @MessagePattern(whichExistV1Pattern)
  async whichExist(@Payload() question: unknown): Promise<WhichExistV1Reply> {
    const { synchronizationIds } = whichExistV1RequestSchema.parse(question);
    return { synchronizationIds: await whichExist(this.database, synchronizationIds) };
  }

  @MessagePattern(whichActiveV1Pattern)
  async whichActive(@Payload() question: unknown): Promise<WhichActiveV1Reply> {
    const { accountIds } = whichActiveV1RequestSchema.parse(question);
    return { accountIds: await whichActive(this.database, accountIds) };
  }

  @MessagePattern(refreshPushedV1Pattern)
  async refreshPushed(@Payload() question: unknown): Promise<RefreshPushedV1Reply> {
    const request = refreshPushedV1RequestSchema.parse(question);
    return { pushed: await refreshPushed(this.database, request) };
  }
}
