import { storageServices } from '@tidetable/contracts';
import { z } from 'zod';
import { credentialFields } from '../../credentials/credential-fields.js';
import {
  chosenNameCharactersMax,
  defaultIntervalSeconds,
  itemId,
  name,
  type NewSynchronization,
  tableNameCharactersMax,
  url,
} from '../../synchronizations/synchronization-fields.js';
import { type ChosenSchedule, scheduleField } from './schedule-fields.js';

const onOrOff = z.boolean({ error: 'must be true or false' });
const text = (description: string, maxLength: number): z.ZodType<string | null> =>
  name(maxLength).meta({ description, documentedAs: { type: ['string', 'null'], maxLength } });

const headers = credentialFields.headers.meta({
  description: 'Headers that requests for the file carry, by name. Kept encrypted, and never shown again.',
  documentedAs: { type: ['object', 'null'], additionalProperties: { type: 'string' }, maxProperties: 20 },
});
const basicAuth = credentialFields.basic_auth.meta({
  description: 'The user name and password that requests carry. Kept encrypted, and never shown again.',
  documentedAs: {
    type: ['object', 'null'],
    properties: { username: { type: 'string' }, password: { type: 'string' } },
    required: ['username', 'password'],
  },
});

const options = {
  type_guessing: onOrOff.optional().meta({ description: 'Columns get the type that fits all their values.' }),
  quoted_fields_guessing: onOrOff.optional().meta({ description: 'Values in quotes take part in that.' }),
  content_guessing: onOrOff.optional().meta({ description: 'Places named in words are looked for.' }),
  member: text('The member of an archive that is the table.', chosenNameCharactersMax).optional(),
  layer: text('The layer or sheet that is the table.', chosenNameCharactersMax).optional(),
};

const newSource = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('url'),
      url: url.meta({
        description: 'The address of the file, http or https.',
        documentedAs: { type: 'string', format: 'uri' },
      }),
      headers,
      basic_auth: basicAuth,
    }),
    z.strictObject({
      type: z.literal('service'),
      service: z.enum(storageServices, { error: `must be one of ${storageServices.join(', ')}` }),
      item_id: itemId.meta({ description: "The service's id of the file." }),
    }),
  ],
  { error: 'must have a type, url or service, and what belongs to it' },
);

/** What is sent to make a synchronization. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is the schema
export function newFields(minIntervalSeconds: number) {
  return z
    .strictObject({
      source: newSource,
      schedule: scheduleField(minIntervalSeconds).default({
        every: Math.max(defaultIntervalSeconds, minIntervalSeconds),
      }),
      table: z
        .strictObject({
          name: text('The name that the table is to get.', tableNameCharactersMax).optional(),
        })
        .optional()
        .meta({ description: 'Left out, the table is named after the file.' }),
      options: z.strictObject(options).optional().meta({ description: 'How the file is read.' }),
    })
    .meta({ id: 'NewSynchronization', description: 'A file, and how a table is kept in step with it.' });
}

export type NewFields = z.output<ReturnType<typeof newFields>>;

/** What is sent to change a synchronization; what is left out stays as it is. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is the schema
export function changedFields(minIntervalSeconds: number) {
  return z
    .strictObject({
      schedule: scheduleField(minIntervalSeconds).optional(),
      options: z.strictObject(options).optional().meta({ description: 'How the file is read.' }),
      source: z
        .strictObject({
          url: url.optional().meta({
            description:
              'Another address. A run that is under way is closed, and another one follows at once. Headers and basic_auth go where the origin changes, unless they are sent anew.',
            documentedAs: { type: 'string', format: 'uri' },
          }),
          headers,
          basic_auth: basicAuth,
        })
        .optional()
        .meta({
          description:
            'Where the file is, and what requests carry; `null` removes that. Only for a file at a URL.',
        }),
    })
    .meta({ id: 'ChangedSynchronization', description: 'What is to be different from now on.' });
}

export type ChangedFields = z.output<ReturnType<typeof changedFields>>;

/** The same in the words of version 1, which the rest of the api speaks. */
export function toNewSynchronization({
  source,
  schedule,
  table,
  options: chosen,
}: NewFields): NewSynchronization {
  const isUrl = source.type === 'url';
  return {
    url: isUrl ? source.url : null,
    service_name: isUrl ? null : source.service,
    service_item_id: isUrl ? null : source.item_id,
    ...scheduleColumns(schedule),
    table_name: table?.name ?? null,
    type_guessing: chosen?.type_guessing ?? true,
    quoted_fields_guessing: chosen?.quoted_fields_guessing ?? true,
    content_guessing: chosen?.content_guessing ?? false,
    member: chosen?.member ?? null,
    layer: chosen?.layer ?? null,
    ...(isUrl ? { headers: source.headers, basic_auth: source.basic_auth } : {}),
  };
}

/** A schedule in the words of version 1, and what that has no words for. */
export function scheduleColumns(
  schedule: ChosenSchedule,
): Required<Pick<NewSynchronization, 'interval' | 'wallClock'>> {
  const { every: interval } = schedule;
  return { interval, wallClock: 'cron' in schedule ? schedule : null };
}
