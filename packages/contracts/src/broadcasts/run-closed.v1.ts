import { z } from 'zod';

/**
 * From the scheduler to every fetcher and importer, over core NATS and without a queue group: all of them hear it, and
 * none may rely on it.
 */
export const runClosedV1Subject = 'tell.run.closed.v1';

export const runClosedV1Schema = z
  .object({
    runId: z.uuid().describe('The run.'),
    synchronizationId: z.uuid().describe('Its synchronization.'),
  })
  .describe(
    'The run was closed before its end: whoever holds it stops, removes what it made so far and acknowledges.',
  );

export type RunClosedV1 = z.infer<typeof runClosedV1Schema>;
