import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  type DescribeRunV1Reply,
  describeRunV1Pattern,
  describeRunV1RequestSchema,
  type IsRunOpenV1Reply,
  isRunOpenV1Pattern,
  isRunOpenV1RequestSchema,
} from '@tidetable/contracts';
import { DataSource } from 'typeorm';
import { describeRun } from './describe-run.js';

/**
 * Answers the workers' questions about runs. All schedulers share one queue group, so each question is answered by
 * one of them. An error here (the database is away, the question cannot be parsed) reaches the asker as an error
 * and never as an answer; `SchedulerClient` asks again then.
 */
@Controller()
export class QuestionsController {
  constructor(@Inject(DataSource) private readonly database: DataSource) {}

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
}
