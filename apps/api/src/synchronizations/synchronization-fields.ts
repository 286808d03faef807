import { type StorageService, storageServices } from '@tidetable/contracts';
import { z } from 'zod';
import { intervalSecondsMax } from '../api.env.js';
import {
  type CredentialFields,
  credentialFields,
  noCredentialFields,
} from '../credentials/credential-fields.js';

const urlCharactersMax = 8_192;
export const tableNameCharactersMax = 255;
/** The path of a member within its archive may be long. */
export const chosenNameCharactersMax = 1_000;
const itemIdCharactersMax = 1_024;
export const defaultIntervalSeconds = 3_600;
const controlCharacters = /[\u0000-\u001f\u007f]/;

/** What a customer says about a new synchronization, checked and with every default filled in. */
export interface NewSynchronization extends CredentialFields {
  /** `null` for a file in a storage service. */
  url: string | null;
  /** `null` for a URL, and so is the item then. */
  service_name: StorageService | null;
  service_item_id: string | null;
  interval: number;
  /**
   * The clock on a wall that it goes by instead of the interval; `null` for none. Version 1 cannot say so: there it stays,
   * until the interval changes.
   */
  wallClock?: WallClock | null;
  table_name: string | null;
  type_guessing: boolean;
  quoted_fields_guessing: boolean;
  content_guessing: boolean;
  /** The member of an archive that is the table; `null` leaves the choice to the importer. */
  member: string | null;
  /** The layer or sheet of a file that is the table; `null` leaves the choice to the importer. */
  layer: string | null;
}

/** When a clock on the wall of a place says that it is time. */
export interface WallClock {
  readonly cron: string;
  readonly timeZone: string;
  /** When it comes up next. */
  readonly runAt: Date;
}

/** What a customer changes; what is absent stays as it is. */
export type ChangedSynchronization = Partial<
  Omit<NewSynchronization, 'url' | 'table_name'> & { url: string }
>;

/** A whole number of seconds, as a number or as digits. */
function interval(minIntervalSeconds: number): z.ZodType<number> {
  const error = `must be a whole number of seconds, at least ${spellSeconds(minIntervalSeconds)} and at most ${intervalSecondsMax}`;
  const digits = z.string().trim().regex(/^\d+$/).transform(Number);
  return z
    .union([z.number(), digits], { error })
    .pipe(z.int({ error }).min(minIntervalSeconds, { error }).max(intervalSecondsMax, { error }));
}

function spellSeconds(seconds: number): string {
  const minutes = seconds % 60 === 0 ? ` (${seconds / 60} minutes)` : '';
  return `${seconds} seconds${minutes}`;
}

/** The address of a file. */
export const url = z
  .string({ error: 'an absolute http or https address is required' })
  .trim()
  .max(urlCharactersMax, { error: `must be at most ${urlCharactersMax} characters long` })
  .refine(isWebAddress, { error: 'must be an absolute http or https address' })
  .refine((text) => !isWebAddress(text) || !namesUser(text), {
    error: 'must not contain a user name or password',
  });

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && !controlCharacters.test(text) && URL.canParse(text);
}

function namesUser(text: string): boolean {
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

/** A name, or nothing where it is empty. */
export function name(charactersMax: number): z.ZodType<string | null> {
  return z
    .string({ error: 'must be a string' })
    .trim()
    .max(charactersMax, { error: `must be at most ${charactersMax} characters long` })
    .refine((text) => !controlCharacters.test(text), { error: 'must not contain control characters' })
    .transform((text) => (text === '' ? null : text))
    .nullable();
}

/** A name that may be left out of a new synchronization. */
function newName(charactersMax: number): z.ZodType<string | null> {
  return name(charactersMax)
    .optional()
    .transform((text) => text ?? null);
}

/** CARTO's clients name a URL's service too, in either of two ways. */
const urlServices = [null, 'public_url'] as const;

/** A service's id of a file. */
export const itemId = z
  .string({ error: "the service's id of the file is required" })
  .trim()
  .min(1, { error: "the service's id of the file is required" })
  .max(itemIdCharactersMax, { error: `must be at most ${itemIdCharactersMax} characters long` })
  .refine((text) => !controlCharacters.test(text), { error: 'must not contain control characters' });

/** Records of files in services have none, or an empty one. */
const noUrl = z
  .union([z.null(), z.literal('')], {
    error: 'must be left out where service_name and service_item_id name the file',
  })
  .optional()
  .transform(() => null);

const serviceError = `must be one of ${storageServices.join(', ')}, or null for a URL`;

const option = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
  error: 'must be true or false',
});

/** An option of a new synchronization; null, as CARTO's clients send it, leaves it at its default. */
function newOption(byDefault: boolean): z.ZodType<boolean> {
  return option.nullish().transform((on) => on ?? byDefault);
}

/** The fields of a new synchronization. Everything else that is sent is ignored. */
export function newSynchronizationFields(minIntervalSeconds: number): z.ZodType<NewSynchronization> {
  const fields = {
    interval: interval(minIntervalSeconds).default(Math.max(defaultIntervalSeconds, minIntervalSeconds)),
    table_name: newName(tableNameCharactersMax),
    type_guessing: newOption(true),
    quoted_fields_guessing: newOption(true),
    content_guessing: newOption(false),
    member: newName(chosenNameCharactersMax),
    layer: newName(chosenNameCharactersMax),
  };
  const notLookedAt = z
    .unknown()
    .optional()
    .transform(() => null);
  const ofUrl = z.object({
    url,
    ...fields,
    ...credentialFields,
    service_name: notLookedAt,
    service_item_id: notLookedAt,
  });
  const ofService = z.object({
    url: noUrl,
    ...fields,
    ...noCredentialFields,
    service_name: z.enum(storageServices),
    service_item_id: itemId,
  });
  const isOfUrl = (service: unknown): boolean =>
    service === undefined || urlServices.includes(service as null);
  return z.unknown().transform((sent, context) => {
    const service = (sent as { service_name?: unknown }).service_name;
    if (!isOfUrl(service) && !storageServices.includes(service as StorageService)) {
      context.addIssue({ code: 'custom', path: ['service_name'], message: serviceError });
      return z.NEVER;
    }
    const parsed = (isOfUrl(service) ? ofUrl : ofService).safeParse(sent);
    if (parsed.success) return parsed.data;
    parsed.error.issues.forEach(({ path, message }) => context.addIssue({ code: 'custom', path, message }));
    return z.NEVER;
  });
}

/** What can be changed later. Everything else is ignored, so that a whole record can be put back. */
export function changedSynchronizationFields(minIntervalSeconds: number): z.ZodType<ChangedSynchronization> {
  return z.object({
    interval: interval(minIntervalSeconds).optional(),
    type_guessing: option.optional(),
    quoted_fields_guessing: option.optional(),
    content_guessing: option.optional(),
    member: name(chosenNameCharactersMax).optional(),
    layer: name(chosenNameCharactersMax).optional(),
    ...credentialFields,
  });
}

/** Page and page size of a list; without a size all there is is page 1. */
export const pageFields = z.object({
  page: pageNumber().default(1),
  per_page: pageNumber().optional(),
});

export type Page = z.infer<typeof pageFields>;

function pageNumber(): z.ZodType<number> {
  const error = 'must be a whole number, 1 or above';
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .pipe(z.int().min(1, { error }));
}
