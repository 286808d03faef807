import type { FetcherClient } from '@tidetable/scheduler-client';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { askForPlan } from './ask-for-plan.js';
import { examplePlan } from './example-plan.js';
import { planFields } from './plan-fields.js';
import { planSchema } from './plan-schema.js';
import { type PreparationParts, preparePlan } from './prepare-plan.js';
import { presentPlan } from './present-plan.js';

/** What these endpoints need. */
export interface PlanParts extends PreparationParts {
  /** `null` where the installation has no bus. */
  readonly fetchers: Pick<FetcherClient, 'planSource' | 'cancelPlan'> | null;
  readonly planTimeoutMs: number;
}

/** The endpoint that tells what a file would become. */
export function planEndpoints(parts: PlanParts): Endpoint[] {
  const plan = defineEndpoint({
    method: 'POST',
    path: '/synchronizations/plan',
    operationId: 'planSynchronization',
    scope: 'write',
    tag: 'Synchronizations',
    summary: 'See what a file would become',
    description:
      'Fetches and reads the whole file, as a run would, and keeps nothing of it: no table, no run, no synchronization. ' +
      'Where a run would fail, the answer is 422 with the code that the run would have. Few are made at a time.',
    bodySchema: planFields,
    answers: {
      200: { description: 'What it would become.', schema: planSchema },
    },
    problems: ['not-found', 'plans-too-many', 'plan-timed-out', 'fetchers-away', 'importers-away'],
    example: {
      body: { source: { type: 'url', url: 'https://data.example.org/ports.csv' } },
      status: 200,
      answer: examplePlan,
    },
    handle: async ({ account, body, untilGone }) => {
      const request = await preparePlan(parts, account.id, body, parts.planTimeoutMs);
      const found = await askForPlan(parts.fetchers, request, untilGone());
      return { body: presentPlan(found), headers: { 'cache-control': 'no-store' } };
    },
  });
  return [plan];
}
