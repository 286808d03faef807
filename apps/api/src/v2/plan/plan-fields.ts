import { basicAuthSchema, requestHeadersSchema, storageServices } from '@tidetable/contracts';
import { z } from 'zod';
import { resourceId } from '../resource-id.js';

const urlCharactersMax = 8_192;
const nameCharactersMax = 1_000;
const tableNameCharactersMax = 255;
const itemIdCharactersMax = 1_024;
const controlCharacters = /[\u0000-\u001f\u007f]/;

const text = (charactersMax: number): z.ZodString =>
  z
    .string({ error: 'must be a text' })
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(charactersMax, { error: `must be at most ${charactersMax} characters long` })
    .regex(/^[^\u0000-\u001f\u007f]*$/, { error: 'must not contain control characters' });
const onOrOff = (description: string): z.ZodOptional<z.ZodBoolean> =>
  z.boolean({ error: 'must be true or false' }).optional().meta({ description });

const url = z
  .string({ error: 'must be an absolute http or https address' })
  .trim()
  .max(urlCharactersMax, { error: `must be at most ${urlCharactersMax} characters long` })
  .refine(isPlainAddress, {
    error: 'must be an absolute http or https address without user name or password',
  })
  .meta({
    description: 'The address of the file, http or https.',
    documentedAs: { type: 'string', format: 'uri' },
  });

function isPlainAddress(address: string): boolean {
  if (!/^https?:\/\//i.test(address) || controlCharacters.test(address) || !URL.canParse(address))
    return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

/** Complaints about secrets repeat neither values nor the names of headers. */
const headers = z
  .unknown()
  .transform((sent, context) => {
    const areTexts =
      typeof sent === 'object' &&
      sent !== null &&
      Object.values(sent).every((value) => typeof value === 'string');
    const parsed = requestHeadersSchema.safeParse(areTexts ? sent : undefined);
    if (parsed.success) return parsed.data;
    parsed.error.issues.forEach(({ message }) => context.addIssue({ code: 'custom', message }));
    return z.NEVER;
  })
  .optional()
  .meta({
    description: 'Headers that requests for the file carry, by name. For this plan only.',
    documentedAs: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 20 },
  });

const source = z
  .discriminatedUnion(
    'type',
    [
      z.strictObject({
        type: z.literal('url'),
        url,
        headers,
        basic_auth: basicAuthSchema.optional().meta({
          description: 'The user name and password that requests carry. For this plan only.',
        }),
      }),
      z.strictObject({
        type: z.literal('service'),
        service: z.enum(storageServices, { error: `must be one of ${storageServices.join(', ')}` }),
        item_id: text(itemIdCharactersMax).meta({ description: "The service's id of the file." }),
      }),
    ],
    { error: 'must have a type, url or service, and what belongs to it' },
  )
  .optional()
  .meta({ description: 'Where the file is; left out, it is that of the synchronization.' });

/** What is sent to have a plan made. */
export const planFields = z
  .strictObject({
    source,
    options: z
      .strictObject({
        type_guessing: onOrOff('Columns get the type that fits all their values.'),
        quoted_fields_guessing: onOrOff('Values in quotes take part in that.'),
        content_guessing: onOrOff('Places named in words are looked for.'),
        member: text(nameCharactersMax)
          .nullish()
          .meta({ description: 'The member of an archive that is the table.' }),
        layer: text(nameCharactersMax)
          .nullish()
          .meta({ description: 'The layer or sheet that is the table.' }),
      })
      .optional()
      .meta({ description: 'How the file is read; what is left out is as the synchronization has it.' }),
    table: z
      .strictObject({
        name: text(tableNameCharactersMax)
          .nullish()
          .meta({ description: 'The name of a table; one that is there is compared with the file.' }),
      })
      .optional()
      .meta({ description: 'The table that it would become.' }),
    synchronization_id: resourceId('A synchronization whose table is compared with the file.').optional(),
  })
  .refine(({ source: given, synchronization_id: id }) => given !== undefined || id !== undefined, {
    path: ['source'],
    error: 'must say where the file is, unless synchronization_id does',
  })
  .meta({ id: 'NewPlan', description: 'A file that may become a table.' });

export type PlanFields = z.output<typeof planFields>;
