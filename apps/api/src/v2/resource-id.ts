import { z } from 'zod';

/** An id in a path, in either case; whatever is no id is the id of nothing. */
export function resourceId(description: string): z.ZodType<string, string> {
  return z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
    .meta({ description, documentedAs: { type: 'string', format: 'uuid' } });
}
