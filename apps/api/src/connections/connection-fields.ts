import { serviceFileFilters } from '@tidetable/contracts';
import { z } from 'zod';

type Filter = (typeof serviceFileFilters)[number];

const queryCharactersMax = 200;
const pageCharactersMax = 4_096;

const filterError = `must be of ${serviceFileFilters.join(', ')}, several by commas`;

/** One word, several by commas, or the field several times; without any, all kinds. */
const filters = z
  .union([z.string(), z.array(z.string())], { error: filterError })
  .default('')
  .transform((sent) => words(sent))
  .pipe(z.array(z.enum(serviceFileFilters, { error: filterError })))
  .transform((named): Filter[] => (named.length === 0 ? ['all'] : [...new Set(named)]));

function words(sent: string | string[]): string[] {
  return [sent]
    .flat()
    .flatMap((text) => text.split(','))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}

/** A text, or nothing where it is empty. */
function text(charactersMax: number): z.ZodType<string | null> {
  return z
    .string({ error: 'must be a text' })
    .trim()
    .max(charactersMax, { error: `must be at most ${charactersMax} characters long` })
    .optional()
    .transform((sent) => (sent === undefined || sent === '' ? null : sent));
}

/** Which files of a service are asked for. */
export const filesFields = z.object({
  filter: filters,
  q: text(queryCharactersMax),
  page: text(pageCharactersMax),
});

export type FilesFields = z.infer<typeof filesFields>;

/** The same in CARTO's routes, whose clients spell a list `filter[]`. */
export const cartoFilesFields = z.preprocess(
  (sent) => {
    const { filter, 'filter[]': list } = sent as Record<string, unknown>;
    return { filter: filter ?? list };
  },
  filesFields.pick({ filter: true }),
);
