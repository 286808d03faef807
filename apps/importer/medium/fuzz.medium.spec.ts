import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';
import { makeTar, makeZip } from './make-archives.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterAll(async () => {
  await world.stop();
});

/** A generator that gives the same numbers on every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const morsels = [
  ',', ',', ',', ';', '\t', '|', '"', '""', '\n', '\n', '\n', '\r\n', '\r', ' ', '-', '0', '1', '7', '1.5', '-3', '1e5', '.',
  '2147483648', '9223372036854775807', '9223372036854775808', '12345678901234567890', '007', 'true', 'no', 'y', 't',
  '2020-01-01', '2020-02-30', '2020-01-01 10:00:00', '2020-01-01T10:00Z', 'lat', 'lon', 'latitude', 'longitude', '91', '-180',
  'cartodb_id', 'the_geom', 'select', 'a', 'name', 'é', '€', '😀', '\u200b', '\ufeff', '\u0001', '<b>', '&amp;', "'", '\\', '\\.', '$1', '%s', '--', '/*',
] as const; // prettier-ignore

/** A file that nobody would write, though most of it looks like one that somebody did. */
function soup(random: (below: number) => number): Buffer {
  const pieces: Buffer[] = [];
  if (random(2) === 0)
    pieces.push(Buffer.from(['a,b,c\n', 'lat,lon,x\n', 'cartodb_id,a\n', 'a;b\n', '\ufeffid\n'][random(5)]!));
  const length = random(200);
  for (let n = 0; n < length; n++) {
    pieces.push(Buffer.from(morsels[random(morsels.length)]!));
    // Now and then a byte of any value.
    if (random(400) === 0) pieces.push(Buffer.from([random(256)]));
  }
  const bytes = Buffer.concat(pieces);
  return random(10) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes;
}

describe('the importer', () => {
  it('ends every byte soup with a table or with a reason, and leaves nothing else', async () => {
    const random = seeded(2_026);
    const outcomes = new Map<string, number>();
    const synchronizations: string[] = [];
    for (let n = 0; n < 300; n++) {
      const run = await world.stage(soup(random), {
        fileName: `soup${n}.csv`,
        options: { typeGuessing: random(5) > 0, quotedFieldsGuessing: random(3) > 0 },
      });
      synchronizations.push(run.synchronizationId);
      const outcome = await world.import(run);
      const event = await world.finished(run);
      expect(event.outcome).toBe(outcome);
      const end = event.outcome === 'failed' ? event.failure.code : event.outcome;
      outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
      if (event.outcome === 'imported') {
        const { table, rows, columns } = event.report;
        expect(await world.column(`SELECT count(*)::int FROM demo.${table}`)).toEqual([rows]);
        expect(columns.length).toBeGreaterThan(3);
      } else {
        expect(await world.column(`SELECT to_regclass($1)`, [`demo.soup${n}`])).toEqual([null]);
      }
    }
    expect(await world.leftovers()).toEqual(nothingLeft);
    expect(await world.column('SELECT count(*)::int FROM tidetable.synchronized_tables')).toEqual([
      outcomes.get('imported'),
    ]);
    // The soups are worth something only if they reach every part.
    expect(Object.fromEntries(outcomes)).toMatchObject({
      imported: expect.any(Number),
      'csv-malformed': expect.any(Number),
      'text-encoding-invalid': expect.any(Number),
      'cartodb-id-invalid': expect.any(Number),
      'file-without-rows': expect.any(Number),
    });
    // Three hundred imports, on a machine that may be busy with other things.
  }, 180_000);

  it('ends every damaged archive with a table or with a reason, and leaves nothing else', async () => {
    const random = seeded(4_711);
    const csv = `a,b\n${Array.from({ length: 200 }, (_, n) => `${(n * 7919) % 1009},x${n}\n`).join('')}`;
    const tar = await makeTar([
      { name: 'a.csv', content: csv },
      { name: 'b.csv', content: csv },
    ]);
    const zip = makeZip([
      { name: 'a.csv', content: csv },
      { name: 'b.csv', content: csv, zip64: true },
    ]);
    const archives = [tar, gzipSync(tar), zip, gzipSync(csv)];
    const outcomes = new Set<string>();
    for (let n = 0; n < 120; n++) {
      const damaged = damage(archives[n % archives.length]!, random);
      const run = await world.stage(damaged, { fileName: `damaged${n}.csv` });
      expect(await world.import(run)).not.toBe('dropped');
      const event = await world.finished(run);
      outcomes.add(event.outcome === 'failed' ? event.failure.code : event.outcome);
    }
    expect(await world.leftovers()).toEqual(nothingLeft);
    expect([...outcomes]).toEqual(expect.arrayContaining(['imported', 'archive-broken']));
  }, 180_000);
});

/** A copy with a byte changed, added or taken away, or without its end. */
function damage(archive: Buffer, random: (below: number) => number): Buffer {
  const at = random(archive.length);
  const byte = Buffer.from([random(256)]);
  const rests = [at + 1, at + 1, at, at + 2, archive.length];
  return Buffer.concat([archive.subarray(0, at), byte, archive.subarray(rests[random(rests.length)])]);
}
