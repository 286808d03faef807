import { z } from 'zod';

/** How many rows a page of a list may have, and has by itself. */
const limitMax = 200;
const limitDefault = 50;

const limitError = `must be a whole number from 1 to ${limitMax}`;

/** What every list takes beside its filters. */
export const pageFields = {
  limit: z
    .string({ error: limitError })
    .regex(/^\d{1,4}$/, { error: limitError })
    .transform(Number)
    .pipe(z.int({ error: limitError }).min(1, { error: limitError }).max(limitMax, { error: limitError }))
    .default(limitDefault)
    .meta({
      description: 'How many there are on a page.',
      documentedAs: { type: 'integer', minimum: 1, maximum: limitMax, default: limitDefault },
    }),
  cursor: z
    .string({ error: 'must be a text' })
    .optional()
    .meta({ description: 'Where to go on: the value of `cursor` in the link `next` of the page before.' }),
};

/** A page as it is sent. */
export function pageSchema<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .nullable()
      .meta({ description: 'The address of the next page, with the same filters; `null` on the last one.' }),
  });
}

/** A page, and its link once more as a header, for clients that follow those. */
export function pageAnswer<Item extends object>(
  items: readonly Item[],
  path: string,
  query: Readonly<Record<string, string | number | readonly string[] | undefined>>,
  cursor: string | null,
): { body: { items: readonly Item[]; next: string | null }; headers: Record<string, string> } {
  if (cursor === null) return { body: { items, next: null }, headers: {} };
  const parameters = Object.entries({ ...query, cursor }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const next = `${path}?${new URLSearchParams(parameters).toString()}`;
  return { body: { items, next }, headers: { link: `<${next}>; rel="next"` } };
}
