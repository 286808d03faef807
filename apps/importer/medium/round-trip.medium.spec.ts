import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { to as copyTo } from 'pg-copy-streams';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(async () => {
  await world.stop();
});

const padded = (value: number, length: number): string => String(value).padStart(length, '0');
const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`);
const time = fc
  .tuple(fc.integer({ min: 0, max: 86_399 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })))
  .map(([seconds, micros]) => {
    const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return `${clock.map((part) => padded(part, 2)).join(':')}.${padded(micros, 6)}`;
  });
const timestamp = fc.tuple(date, time).map((parts) => parts.join(' '));
const zone = fc
  .integer({ min: -12, max: 14 })
  .map((hour) => `${hour < 0 ? '-' : '+'}${padded(Math.abs(hour), 2)}`);
const double = fc.oneof(
  fc.double().map(String),
  fc.integer().map((value) => String(value / 100)),
  fc.constantFrom('0', '-0', '1', '1e-7', '1e300', '5e-324'),
);
const numeric = fc.oneof(
  fc.tuple(digits(0, 19), digits(1, 18)).map(([whole, fraction]) => `0${whole}.${fraction}`),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(String),
  fc.constantFrom(
    '0.30000000000000004',
    '0.1234567890123456789',
    '9007199254740993',
    '9223372036854775808',
    'NaN',
  ),
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((value) => value.replaceAll('\0', '')),
  fc.constantFrom('', ' ', 'NA', '-', 'NULL', '\\N', '\\.', '"', '1', '1,5', 'a\r\nb', '007', 'true', ','),
);

/** Each type with its values, as PostgreSQL reads them. */
const columns = {
  small: ['integer', fc.integer().map(String)],
  big: ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  near: ['double precision', double],
  exact: ['numeric', numeric],
  yes: ['boolean', fc.boolean().map(String)],
  day: ['date', date],
  clock: ['time', time],
  at: ['timestamp', timestamp],
  at_zone: ['timestamptz', fc.tuple(timestamp, zone).map((parts) => parts.join(''))],
  words: ['text', anyText],
} as const satisfies Record<string, readonly [string, fc.Arbitrary<string>]>;

const names = Object.keys(columns) as (keyof typeof columns)[];
const rowOf = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.option(columns[name][1], { freq: 6 })])),
);
/** Short ones too, so that whole columns agree on something narrower than their type. */
const table = fc.array(rowOf, { minLength: 1, maxLength: 12 });

/** Fills a table with rows and returns it as `COPY … TO` writes it. */
async function writeTable(rows: readonly Record<string, string | null>[]): Promise<string> {
  await world.sql(`DROP TABLE IF EXISTS original`);
  await world.sql(
    `CREATE TABLE original (id bigint GENERATED ALWAYS AS IDENTITY, ${names.map((name) => `${name} ${columns[name][0]}`).join(', ')})`,
  );
  await world.sql(
    `INSERT INTO original (${names.join(', ')})
     SELECT ${names.join(', ')} FROM jsonb_populate_recordset(NULL::original, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  const client = await world.connect();
  try {
    const copy = `COPY (SELECT ${names.join(', ')} FROM original ORDER BY id) TO STDOUT (FORMAT csv, HEADER)`;
    return await text(client.query(copyTo(copy)));
  } finally {
    await client.end();
  }
}

/** The columns in which the imported table is not what the original is, and in how many rows. */
async function differences(imported: string): Promise<Record<string, number>> {
  const differs = (name: keyof typeof columns): string => {
    const type = columns[name][0];
    const arrived = `i.${name}::text::${type}`;
    // Text tells a negative zero from a positive one, but the decimals of 1.50 are no part of its value.
    return type === 'numeric'
      ? `o.${name} IS DISTINCT FROM ${arrived}`
      : `o.${name}::text IS DISTINCT FROM ${arrived}::text`;
  };
  const [row] = await world.sql<Record<string, number>>(
    `SELECT ${names.map((name) => `(count(*) FILTER (WHERE ${differs(name)}))::int AS ${name}`).join(', ')},
            (count(*) FILTER (WHERE o.id IS NULL OR i.cartodb_id IS NULL))::int AS missing
       FROM original o FULL JOIN demo.${imported} i ON i.cartodb_id = o.id`,
  );
  return Object.fromEntries(Object.entries(row!).filter(([, count]) => count > 0));
}

describe('a table that PostgreSQL wrote', () => {
  it('has the same values when it is read back, of every type', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        // So that the column of text is one: others, of numbers for example, may be written in more than one way.
        const content = await writeTable([...rows, { ...rows[0]!, words: 'words' }]);
        const run = await world.stage(content);
        expect(await world.import(run)).toBe('imported');
        const end = await world.finished(run);
        if (end.outcome !== 'imported') throw new Error(`the run ended as ${end.outcome}`);
        expect(end.report.columns.find(({ name }) => name === 'words')?.type).toBe('text');
        expect(await differences(end.report.table)).toEqual({});
        await world.sql(`DROP TABLE demo.${end.report.table}`);
      }),
      { seed: 20_241_231, numRuns: 30, endOnFailure: true },
    );
  });
});
