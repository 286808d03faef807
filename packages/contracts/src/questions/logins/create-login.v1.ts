import { z } from 'zod';
import { issuedLogin, loginOwner } from './parts.js';

/** Asked by the api, once, answered by any importer (request/reply). */
export const createLoginV1Pattern = 'ask.login.create.v1';

export const createLoginV1RequestSchema = z
  .object({ ...loginOwner, label: z.string().max(100).nullable().describe('What it is for.') })
  .describe('Make a login that reads the tables of this schema, those to come included, and nothing else.');

export type CreateLoginV1Request = z.infer<typeof createLoginV1RequestSchema>;

export const createLoginV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('created').describe('It can be used at once.'), ...issuedLogin }),
  z.object({
    outcome: z.literal('too-many').describe('The account has as many as it may have.'),
    max: z.int().describe('How many that is.'),
  }),
  z.object({
    outcome: z
      .literal('not-possible')
      .describe('The role of the importers may not make roles: the operator has to allow it.'),
  }),
]);

export type CreateLoginV1Reply = z.infer<typeof createLoginV1ReplySchema>;
