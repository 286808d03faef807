import type { Endpoint } from './endpoint.js';
import { runEndpoints, type RunParts } from './runs/run-endpoints.js';
import {
  synchronizationEndpoints,
  type SynchronizationParts,
} from './synchronizations/synchronization-endpoints.js';
import { liveEndpoints } from './live/live-endpoints.js';
import type { LiveStreams } from './live/live-streams.js';
import { writingEndpoints, type WritingEndpointParts } from './synchronizations/writing-endpoints.js';
import { deliveryEndpoints } from './webhooks/delivery-endpoints.js';
import { webhookEndpoints } from './webhooks/webhook-endpoints.js';
import type { WebhookDatabase } from './webhooks/webhook-store.js';

/** What the endpoints need, all together. */
export type V2Parts = SynchronizationParts &
  WritingEndpointParts &
  RunParts & {
    readonly database: WebhookDatabase;
    readonly streams: LiveStreams;
  };

/** Every endpoint of `/api/v2`: what is not in this list is neither served nor documented. */
export function v2Endpoints(parts: V2Parts): Endpoint[] {
  return [
    ...synchronizationEndpoints(parts),
    ...writingEndpoints(parts),
    ...runEndpoints(parts),
    ...liveEndpoints(parts.streams),
    ...webhookEndpoints(parts.database),
    ...deliveryEndpoints(parts.database),
  ];
}
