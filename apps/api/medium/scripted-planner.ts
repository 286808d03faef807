import { ServerNats } from '@nestjs/microservices';
import {
  cancelPlanV1Pattern,
  cancelPlanV1RequestSchema,
  planSourceV1Pattern,
  type PlanSourceV1Reply,
  type PlanSourceV1Request,
  planSourceV1RequestSchema,
  type TablePlan,
} from '@tidetable/contracts';
import { examplePlan } from '../src/v2/plan/example-plan.js';

/** Makes plans as a test decides. */
export interface ScriptedPlanner {
  /** @default the plan of the example */
  answer: (request: PlanSourceV1Request) => PlanSourceV1Reply | Promise<PlanSourceV1Reply>;
  /** Every plan that was asked for, in order. */
  asked: PlanSourceV1Request[];
  /** The plans that nobody wants any more. */
  cancelled: string[];
  stop(): Promise<void>;
}

const { file, geometry, first_rows: firstRows, ...example } = examplePlan;

/** What a fetcher answers for the example. */
export const exampleTablePlan: TablePlan = {
  ...example,
  file: {
    ...{ name: file.name, format: file.format, bytes: file.bytes },
    ...{ member: file.member, otherMembers: [], layer: file.layer, otherLayers: [] },
  },
  geometry: {
    ...{ type: 'Point', from: 'point', columns: geometry?.columns ?? [] },
    ...{ srids: [], rows: 2, bounds: [9.98, 53.54, 10.75, 59.91] },
  },
  fileColumns: firstRows.columns,
  firstRows: firstRows.rows,
};

/** Answers the api's wishes for plans in place of a fetcher. */
export async function startScriptedPlanner(natsUrl: string): Promise<ScriptedPlanner> {
  const server = new ServerNats({ servers: [natsUrl] });
  const planner: ScriptedPlanner = {
    answer: () => ({ outcome: 'planned', plan: exampleTablePlan }),
    asked: [],
    cancelled: [],
    stop: async () => void (await server.close()),
  };
  server.addHandler(planSourceV1Pattern, async (sent: unknown) => {
    const request = planSourceV1RequestSchema.parse(sent);
    planner.asked.push(request);
    return planner.answer(request);
  });
  server.addHandler(cancelPlanV1Pattern, async (sent: unknown) => {
    planner.cancelled.push(cancelPlanV1RequestSchema.parse(sent).planId);
    return { outcome: 'told' };
  });
  await new Promise<void>((resolve) => void server.listen(() => resolve()));
  return planner;
}
