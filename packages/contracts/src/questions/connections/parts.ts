import { z } from 'zod';
import { storageServices } from '../../sources/source.js';

/** Which connection is meant: an account has one at most to each service. */
export const connectionReference = {
  accountId: z.uuid().describe('The account whose connection is meant.'),
  service: z.enum(storageServices).describe('The storage service.'),
};

/** How a connection stands. */
export const connectionStateSchema = z
  .enum(['not-configured', 'none', 'connected', 'needs-reconnecting'])
  .describe(
    'Whether this installation can connect to the service at all, whether the account did, and whether that still holds.',
  );

/** Whether a service tells this installation of changes; polling finds them in any case. */
export const pushStateSchema = z
  .enum(['on', 'no-public-url', 'no-https', 'no-signature-keys', 'not-configured'])
  .describe('Whether the service tells us of changes or, if not, what the operator has not configured.');

export type PushState = z.infer<typeof pushStateSchema>;

export type ConnectionState = z.infer<typeof connectionStateSchema>;
