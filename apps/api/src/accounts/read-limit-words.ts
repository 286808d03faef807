import { accountLimitNames } from '@tidetable/contracts';

/** What can be limited, in the order in which it is shown. */
export const listedLimitNames = [
  ...accountLimitNames,
  ...(['runs', 'tables', 'totalRows', 'totalBytes', 'requests'] as const),
] as const;

export type ListedLimitName = (typeof listedLimitNames)[number];

/** Columns of the database that are no wider. */
const integerMax = 2_147_483_647;
const limitMax: Record<ListedLimitName, number> = {
  fileBytes: Number.MAX_SAFE_INTEGER,
  rows: Number.MAX_SAFE_INTEGER,
  columns: integerMax,
  vertices: integerMax,
  layers: integerMax,
  runs: integerMax,
  tables: integerMax,
  totalRows: Number.MAX_SAFE_INTEGER,
  totalBytes: Number.MAX_SAFE_INTEGER,
  requests: integerMax,
};

/** As the command spells it: file-bytes for fileBytes. */
export function spellLimit(name: ListedLimitName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Whose limit is to be which: a name, what is limited, and a number or the word default. `null` for other words. */
export function readLimitWords(
  words: readonly string[],
): [username: string, name: ListedLimitName, value: number | null] | null {
  const [username, what, number, ...rest] = words;
  const name = listedLimitNames.find((known) => spellLimit(known) === what);
  if (username === undefined || name === undefined || number === undefined || rest.length > 0) return null;
  if (number === 'default') return [username, name, null];
  const value = /^[1-9]\d{0,15}$/.test(number) ? Number(number) : NaN;
  return value <= limitMax[name] ? [username, name, value] : null;
}
