import { z } from 'zod';
import { instant, runReference } from './parts.js';

/** From the scheduler to the fetcher. */
export const runRequestedV1Subject = 'sync.run.requested.v1';

export const runRequestedV1Schema = z
  .object({ ...runReference, requestedAt: instant.describe('When the scheduler made the run.') })
  .describe(
    'Once this is published the run exists and its synchronization is `queued`. It names the run and nothing else: ' +
      'the fetcher asks for the source (`ask.run.describe.v1`), so that no URL is kept in the stream.',
  );

export type RunRequestedV1 = z.infer<typeof runRequestedV1Schema>;
