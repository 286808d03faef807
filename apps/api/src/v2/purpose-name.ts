import { z } from 'zod';

/** What a key or a login is for, in the words of its owner; `null` where they have none. */
export const purposeName = z
  .string({ error: 'must be a text' })
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(100, { error: 'must be at most 100 characters long' })
  .refine((text) => !text.includes('\u0000'), { error: 'must not hold a NUL character' })
  .nullable()
  .default(null)
  .meta({ description: 'What it is for.' });
