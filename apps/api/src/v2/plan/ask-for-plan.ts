import {
  errorCatalogue,
  type Failure,
  type PlanSourceV1Reply,
  type PlanSourceV1Request,
  type TablePlan,
} from '@tidetable/contracts';
import { type FetcherClient, FetcherSilentError } from '@tidetable/scheduler-client';
import { Problem } from '../problems/problem.js';

type Planner = Pick<FetcherClient, 'planSource' | 'cancelPlan'>;

const soon = { 'retry-after': '5' };

/**
 * Has a fetcher make the plan, and tells it to leave off when the client goes away.
 *
 * @throws Problem: 422 with the code of the failure that a run would have, 429, 503 or 504
 */
export async function askForPlan(
  fetchers: Planner | null,
  request: PlanSourceV1Request,
  signal: AbortSignal,
): Promise<TablePlan> {
  if (fetchers === null) throw new Problem('fetchers-away', { headers: soon });
  const reply = await ask(fetchers, request, signal);
  switch (reply.outcome) {
    case 'planned':
      return reply.plan;
    case 'failed':
      throw problemOf(reply.failure);
    case 'busy':
      throw new Problem('plans-too-many', { headers: soon });
    case 'timed-out':
      throw new Problem('plan-timed-out');
    case 'importers-away':
      throw new Problem('importers-away', { headers: soon });
    case 'cancelled':
      throw new Problem('unavailable', { headers: soon });
    case 'over-http':
      throw wrong('source.url', 'must be an https address where requests carry headers or a password');
    case 'two-authorizations':
      throw wrong('source.basic_auth', 'must be left out while the headers name Authorization');
  }
}

async function ask(
  fetchers: Planner,
  request: PlanSourceV1Request,
  signal: AbortSignal,
): Promise<PlanSourceV1Reply> {
  try {
    return await fetchers.planSource(request, signal);
  } catch (error) {
    if (signal.aborted) {
      // Should nobody hear it, the plan ends with its time.
      void fetchers.cancelPlan(request.planId).catch(() => undefined);
      throw new Problem('unavailable', { headers: soon });
    }
    if (!(error instanceof FetcherSilentError)) throw error;
    // Somebody heard the question and did not come back.
    if ((error.cause as Error | undefined)?.name === 'TimeoutError') throw new Problem('plan-timed-out');
    throw new Problem('fetchers-away', { headers: soon });
  }
}

function problemOf({ code, detail, retryAfterSeconds }: Failure): Problem {
  const { sentence } = errorCatalogue[code];
  return new Problem(code, {
    status: 422,
    detail: detail === null ? sentence : `${sentence} (${detail})`,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  });
}

function wrong(name: string, detail: string): Problem {
  return new Problem('fields-invalid', {
    detail: `${name}: ${detail}.`,
    errors: [{ in: 'body', name, detail }],
  });
}
