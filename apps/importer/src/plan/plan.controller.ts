import { Controller, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { planFileV1Pattern, type PlanFileV1Reply, planFileV1RequestSchema } from '@tidetable/contracts';
import { FilePlans } from './file-plans.js';

/** Tells fetchers what files would become. One importer of all answers; an error of our own reaches the asker as one. */
@Controller()
export class PlanController implements OnApplicationShutdown {
  constructor(@Inject(FilePlans) private readonly plans: FilePlans) {}

  @MessagePattern(planFileV1Pattern)
  async plan(@Payload() question: unknown): Promise<PlanFileV1Reply> {
    return this.plans.plan(planFileV1RequestSchema.parse(question));
  }

  onApplicationShutdown(): void {
    this.plans.stop();
  }
}
