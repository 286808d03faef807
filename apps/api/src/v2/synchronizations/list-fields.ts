import { storageServices, type SynchronizationState, synchronizationStates } from '@tidetable/contracts';
import { z } from 'zod';
import { pageFields } from '../list-fields.js';

const prefixCharactersMax = 63;
const statesError = `must be one or several of ${synchronizationStates.join(', ')}, with commas in between`;
const services = ['url', ...storageServices] as const;

/** Which synchronizations a list shows. */
export const listFields = z.strictObject({
  state: z
    .string({ error: statesError })
    .transform((words) => [...new Set(words.split(','))])
    .pipe(z.array(z.enum(synchronizationStates, { error: statesError })))
    .transform((states): SynchronizationState[] => states.toSorted())
    .optional()
    .meta({
      description: 'Only those in this state; several are separated by commas.',
      documentedAs: { type: 'string', pattern: `^(${synchronizationStates.join('|')})(,|$)` },
    }),
  name: z
    .string({ error: 'must be a text' })
    .min(1, { error: 'must not be empty' })
    .max(prefixCharactersMax, { error: `must be at most ${prefixCharactersMax} characters long` })
    .refine((text) => !text.includes('\u0000'), { error: 'must not contain control characters' })
    .transform((text) => text.toLowerCase())
    .optional()
    .meta({
      description:
        'Only those whose table has, or was asked to get, a name that begins with this; in the order of names.',
      documentedAs: { type: 'string', minLength: 1, maxLength: prefixCharactersMax },
    }),
  due_before: z.iso
    .datetime({ offset: true, error: 'must be a time with its zone, e.g. 2026-01-31T12:00:00Z' })
    .optional()
    .meta({
      description: 'Only those whose next run is due before this time; the longest due first.',
    }),
  service: z
    .enum(services, { error: `must be one of ${services.join(', ')}` })
    .optional()
    .meta({ description: 'Only those whose file is at a URL, or in this storage service.' }),
  ...pageFields,
});

export type ListFields = z.output<typeof listFields>;
