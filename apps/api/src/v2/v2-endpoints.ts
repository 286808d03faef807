import type { Endpoint } from './endpoint.js';
import { planEndpoints, type PlanParts } from './plan/plan-endpoints.js';
import {
  synchronizationEndpoints,
  type SynchronizationParts,
} from './synchronizations/synchronization-endpoints.js';

/** What the endpoints need, all together. */
export type V2Parts = SynchronizationParts & PlanParts;

/** Every endpoint of `/api/v2`: what is not in this list is neither served nor documented. */
export function v2Endpoints(parts: V2Parts): Endpoint[] {
  return [...synchronizationEndpoints(parts), ...planEndpoints(parts)];
}
