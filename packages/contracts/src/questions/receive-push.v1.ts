import { z } from 'zod';
import { storageServices } from '../sources/source.js';

/** Asked by the api, answered by any fetcher (request/reply). The same notification again changes nothing. */
export const receivePushV1Pattern = 'ask.push.receive.v1';

/** The longest body of a notification that is looked at, in bytes. */
export const pushBodyBytesMax = 65_536;

export const receivePushV1RequestSchema = z
  .object({
    service: z.enum(storageServices).describe('The storage service whose address was called; anybody may.'),
    headers: z
      .record(z.string(), z.string().max(1_000))
      .describe('By lower-case name, those that tell what it is about and prove where it comes from.'),
    body: z
      .string()
      .max(Math.ceil(pushBodyBytesMax / 3) * 4)
      .describe('Exactly the bytes that came, in base64, as signatures are about bytes.'),
  })
  .describe(
    'Somebody has called the address for notifications of a storage service. Is it that service, and what has changed?',
  );

export type ReceivePushV1Request = z.infer<typeof receivePushV1RequestSchema>;

export const receivePushV1ReplySchema = z.object({
  outcome: z.literal('taken').describe('Always, whatever it was: nobody is to learn what exists here.'),
});

export type ReceivePushV1Reply = z.infer<typeof receivePushV1ReplySchema>;
