import type { Endpoint } from './endpoint.js';
import {
  synchronizationEndpoints,
  type SynchronizationParts,
} from './synchronizations/synchronization-endpoints.js';
import { deliveryEndpoints } from './webhooks/delivery-endpoints.js';
import { webhookEndpoints } from './webhooks/webhook-endpoints.js';
import type { WebhookDatabase } from './webhooks/webhook-store.js';

/** What the endpoints need, all together. */
export type V2Parts = SynchronizationParts & { readonly database: WebhookDatabase };

/** Every endpoint of `/api/v2`: what is not in this list is neither served nor documented. */
export function v2Endpoints(parts: V2Parts): Endpoint[] {
  return [
    ...synchronizationEndpoints(parts),
    ...webhookEndpoints(parts.database),
    ...deliveryEndpoints(parts.database),
  ];
}
