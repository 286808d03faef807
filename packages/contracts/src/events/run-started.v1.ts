import { z } from 'zod';
import { instant, runReference } from './parts.js';

/** From the fetcher to the scheduler. */
export const runStartedV1Subject = 'sync.run.started.v1';

export const runStartedV1Schema = z
  .object({ ...runReference, startedAt: instant.describe('When the worker took it.') })
  .describe('Once this is published a worker holds the run; its synchronization becomes `syncing`.');

export type RunStartedV1 = z.infer<typeof runStartedV1Schema>;
