import { z } from 'zod';

const limitMax = 1_000;
const limitDefault = 100;

/** A whole number in digits, as a query has it. */
function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,10}$/, { error })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }));
}

/** Which page of rejected rows is asked for, and how. */
export const rejectsFields = z.object({
  after: wholeNumber(0, 2_147_483_647).default(0),
  limit: wholeNumber(1, limitMax).default(limitDefault),
  format: z.enum(['json', 'csv'], { error: 'must be json or csv' }).optional(),
});

/** As many as can be asked for at once. */
export const rejectsLimitMax = limitMax;
