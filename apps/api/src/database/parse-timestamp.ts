import pg from 'pg';

const timestamptz = 1184;
/** As PostgreSQL spells a time in a session in UTC. */
const utcForm = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;

/**
 * A time as PostgreSQL spells it, to the millisecond. Lists are full of times, and the driver's own parser, which knows every
 * zone and era, took more of a list than all the rest; what is no time in UTC is left to it.
 */
export function parseTimestamp(text: string): Date {
  if (!utcForm.test(text)) return parseAny(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, Math.min(23, text.length - 3))}Z`);
}

const parseAny = pg.types.getTypeParser(timestamptz) as (text: string) => Date;

/** The driver's types, with times parsed as above. */
export const timestampTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    Number(oid) === timestamptz && format !== 'binary'
      ? parseTimestamp
      : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};
