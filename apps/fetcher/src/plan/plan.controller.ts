import { type BeforeApplicationShutdown, Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  cancelPlanV1Pattern,
  type CancelPlanV1Reply,
  cancelPlanV1RequestSchema,
  planSourceV1Pattern,
  type PlanSourceV1Reply,
  planSourceV1RequestSchema,
} from '@tidetable/contracts';
import { SourcePlans } from './source-plans.js';

/** Tells the api what sources would become. One fetcher of all answers; an error of our own reaches the asker as one. */
@Controller()
export class PlanController implements BeforeApplicationShutdown {
  constructor(@Inject(SourcePlans) private readonly plans: SourcePlans) {}

  @MessagePattern(planSourceV1Pattern)
  async plan(@Payload() question: unknown): Promise<PlanSourceV1Reply> {
    return this.plans.plan(planSourceV1RequestSchema.parse(question));
  }

  @MessagePattern(cancelPlanV1Pattern)
  cancel(@Payload() question: unknown): CancelPlanV1Reply {
    this.plans.cancel(cancelPlanV1RequestSchema.parse(question).planId);
    return { outcome: 'told' };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.plans.stop();
  }
}
