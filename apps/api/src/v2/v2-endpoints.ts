import { accountEndpoints, type AccountParts } from './account/account-endpoints.js';
import { auditEndpoints, type AuditParts } from './audit/audit-endpoints.js';
import type { Endpoint } from './endpoint.js';
import { keyEndpoints, type KeyParts } from './keys/key-endpoints.js';
import { loginEndpoints } from './logins/login-endpoints.js';
import type { LoginParts } from './logins/logins.js';
import { runEndpoints, type RunParts } from './runs/run-endpoints.js';
import { planEndpoints, type PlanParts } from './plan/plan-endpoints.js';
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
  AccountParts &
  KeyParts &
  LoginParts &
  AuditParts &
  PlanParts &
  RunParts & {
    readonly database: WebhookDatabase;
    readonly streams: LiveStreams;
  };

/** Every endpoint of `/api/v2`: what is not in this list is neither served nor documented. */
export function v2Endpoints(parts: V2Parts): Endpoint[] {
  return [
    ...synchronizationEndpoints(parts),
    ...writingEndpoints(parts),
    ...planEndpoints(parts),
    ...runEndpoints(parts),
    ...liveEndpoints(parts.streams),
    ...webhookEndpoints(parts.database),
    ...deliveryEndpoints(parts.database),
    ...accountEndpoints(parts),
    ...keyEndpoints(parts),
    ...loginEndpoints(parts),
    ...auditEndpoints(parts),
  ];
}
