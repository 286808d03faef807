import { z } from 'zod';
import { badRequest } from './refusal.js';

/**
 * Checks fields against a schema and drops those the schema does not know.
 *
 * @throws Refusal 400 whose message names every field that is wrong, and repeats no value.
 */
export function parseFields<S extends z.ZodType>(schema: S, fields: Record<string, unknown>): z.infer<S> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  throw badRequest(
    result.error.issues.map((issue) => `Invalid ${issue.path.join('.')}: ${issue.message}.`).join(' '),
  );
}
