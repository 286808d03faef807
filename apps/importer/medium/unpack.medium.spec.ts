import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, RunFinishedV1 } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';
import { makeTar, makeZip } from './make-archives.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterAll(async () => {
  await world.stop();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('tidetable-scratch-'))).toEqual([]);
});

type Imported = Extract<RunFinishedV1, { outcome: 'imported' }>['report'];

async function importFile(
  content: string | Buffer,
  fileName: string,
  env?: Record<string, string>,
): Promise<Imported> {
  const run = await world.stage(content, { fileName });
  await world.import(run, { env });
  const event = await world.finished(run);
  if (event.outcome !== 'imported') throw new Error(`the run ended as ${JSON.stringify(event)}`);
  return event.report;
}

async function refuse(content: string | Buffer, env?: Record<string, string>): Promise<Failure> {
  const run = await world.stage(content, { fileName: 'refused' });
  await world.import(run, { env });
  const event = await world.finished(run);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

const csv = 'name,n\nö,1\nb,2\n';
const another = 'other\n1\n';
const gzipped = gzipSync(csv);
/** What `bzip2` and `zstd` make of it. */
const bzipped = Buffer.from(
  'QlpoOTFBWSZTWcQ/Gl0AAAbZDAAQAAQwADIDAQAIACAAMQDTTQQAxE0UCGsJXXR4u5IpwoSGIfjS6A==',
  'base64',
);
const zstandard = Buffer.from('KLUv/QRYgQAAbmFtZSxuCsO2LDEKYiwyCq7zoU4=', 'base64');

/** Lines of numbers that hardly become smaller. */
const manyRows = (rows: number): string =>
  `name,n\n${Array.from({ length: rows }, (_, row) => `r${(row * 7919) % 104_729},${row}\n`).join('')}`;

describe('a file that is packed becomes the table that it holds', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string, string, string[]]>([
    ['gzip', () => gzipped, 'gz_a.csv.gz', 'gz_a', []],
    ['gzip with a name that tells nothing', () => gzipped, 'gz_b', 'gz_b', []],
    [
      'gzip of two members',
      () => Buffer.concat([gzipSync('name,n\nö,1\n'), gzipSync('b,2\n')]),
      'gz_c.csv.gz',
      'gz_c',
      [],
    ],
    ['bzip2', () => bzipped, 'bz_a.csv.bz2', 'bz_a', []],
    ['bzip2 in zip', () => makeZip([{ name: 'bz_b.csv.bz2', content: bzipped }]), 'x.zip', 'bz_b', []],
    ['Zstandard', () => zstandard, 'zst_a.csv.zst', 'zst_a', []],
    ['gzip of Zstandard', () => gzipSync(zstandard), 'zst_b.csv.zst.gz', 'zst_b', []],
    ['gzip twice', () => gzipSync(gzipped), 'gz_d.csv.gz.gz', 'gz_d', []],
    ['zip', () => makeZip([{ name: 'zip_a.csv', content: csv }]), 'x.zip', 'zip_a', []],
    ['zip, stored', () => makeZip([{ name: 'zip_b.csv', content: csv, stored: true }]), 'x.zip', 'zip_b', []],
    ['zip64', () => makeZip([{ name: 'zip_c.csv', content: csv, zip64: true }]), 'x.zip', 'zip_c', []],
    [
      'zip with folders, readmes and what macOS adds',
      () =>
        makeZip([
          { name: '__MACOSX/._zip_d.csv', content: 'junk' },
          { name: 'README.txt', content: 'Read me.' },
          { name: 'data/', mode: 0o040755 },
          { name: 'data/.hidden.csv', content: another },
          { name: 'data/zip_d.VERSION.txt', content: '1.0' },
          { name: 'data/zip_d.csv', content: csv },
        ]),
      'x.zip',
      'zip_d',
      [],
    ],
    [
      'zip of several tables',
      () =>
        makeZip([
          { name: 'zip_g.csv', content: another },
          { name: 'zip_e.csv', content: csv },
          { name: 'zip_f.csv', content: another },
        ]),
      'x.zip',
      'zip_e',
      ['Also in the archive: zip_f.csv, zip_g.csv.'],
    ],
    [
      'zip with a member of another name',
      () => makeZip([{ name: 'zip_h.xls', content: csv }]),
      'x',
      'zip_h',
      [],
    ],
    [
      'zip of which a member occurs twice',
      () =>
        makeZip([
          { name: 'zip_i.csv', content: another },
          { name: 'zip_i.csv', content: csv },
        ]),
      'x.zip',
      'zip_i',
      [],
    ],
    ['gzip in zip', () => makeZip([{ name: 'zip_j.csv.gz', content: gzipped }]), 'x.zip', 'zip_j', []],
    [
      'zip in zip',
      () =>
        makeZip([{ name: 'a.zip', content: makeZip([{ name: 'zip_k.csv', content: csv }]), stored: true }]),
      'x.zip',
      'zip_k',
      [],
    ],
    ['tar', () => makeTar([{ name: 'tar_a.csv', content: csv }]), 'x.tar', 'tar_a', []],
    [
      'tar of several tables',
      () =>
        makeTar([
          { name: 'tar_c.csv', content: another },
          { name: 'tar/', type: 'directory' },
          { name: `tar/${'long/'.repeat(40)}tar_b.csv`, content: csv },
          { name: 'tar_d.csv', content: another },
        ]),
      'x.tar',
      'tar_b',
      ['Also in the archive: tar_c.csv, tar_d.csv.'],
    ],
    ['tgz', async () => gzipSync(await makeTar([{ name: 'tar_e.csv', content: csv }])), 'x.tgz', 'tar_e', []],
    [
      'tar.gz of which a member occurs twice',
      async () =>
        gzipSync(
          await makeTar([
            { name: 'tar_f.csv', content: another },
            { name: 'tar_f.csv', content: csv },
          ]),
        ),
      'x.tar.gz',
      'tar_f',
      [],
    ],
  ])('%s', async (_name, make, fileName, table, warnings) => {
    const report = await importFile(await make(), fileName);
    expect(report).toMatchObject({ table, rows: 2, warnings });
    expect(await world.sql(`SELECT name, n FROM demo.${table} ORDER BY n`)).toEqual([
      { name: 'ö', n: 1 },
      { name: 'b', n: 2 },
    ]);
  });

  it('as often as it takes to read it, when a type is disproved far behind the beginning', async () => {
    const rows = 200_000;
    const text = `${manyRows(rows)}last,x\n`;
    for (const [content, table] of [
      [gzipSync(text), 'twice_gz'],
      [makeZip([{ name: 'twice_zip.csv', content: text }]), 'twice_zip'],
      [gzipSync(await makeTar([{ name: 'twice_tar.csv', content: text }])), 'twice_tar'],
    ] as const) {
      const report = await importFile(content, `${table}.csv.gz`);
      expect(report).toMatchObject({ table, rows: rows + 1 });
      expect(report.columns.at(-1)).toMatchObject({ name: 'n', type: 'text' });
    }
  });

  it('under the name that was asked for', async () => {
    const run = await world.stage(makeZip([{ name: 'a.csv', content: csv }]), { tableName: 'asked_for' });
    expect(await world.import(run)).toBe('imported');
    expect(await world.column('SELECT count(*)::int FROM demo.asked_for')).toEqual([2]);
  });
});

describe('an archive that cannot be unpacked is refused with a reason', () => {
  const many = manyRows(50_000);
  const damaged = (content: Buffer, at: number): Buffer => {
    const copy = Buffer.from(content);
    copy[at]! ^= 0xff;
    return copy;
  };
  const zip = makeZip([{ name: 'a.csv', content: many }]);

  it.each<[string, () => Buffer | Promise<Buffer>, Failure]>([
    [
      'a zip archive with a password',
      () => makeZip([{ name: 'a.csv', content: csv, flags: 1 }]),
      { code: 'archive-encrypted', detail: 'the member a.csv' },
    ],
    [
      'a zip archive with a password by AES',
      () => makeZip([{ name: 'a.csv', content: csv, flags: 1, method: 99 }]),
      { code: 'archive-encrypted', detail: 'the member a.csv' },
    ],
    [
      'a zip archive that is packed in a way that nobody reads',
      () => makeZip([{ name: 'a.csv', content: csv, method: 14 }]),
      { code: 'file-type-unsupported', detail: 'the member a.csv is packed with method 14' },
    ],
    [
      'an Office document',
      () => makeZip([{ name: '[Content_Types].xml' }, { name: 'word/document.xml' }]),
      { code: 'file-type-unsupported', detail: 'it looks like an Office document that is no workbook' },
    ],
    [
      'half a zip archive',
      () => zip.subarray(0, Math.floor(zip.length / 2)),
      { code: 'archive-broken', detail: null },
    ],
    ['only the beginning of zip', () => Buffer.from('PK\x03\x04'), { code: 'archive-broken', detail: null }],
    [
      'a zip archive with a damaged member',
      () => damaged(zip, Math.floor(zip.length / 2)),
      { code: 'archive-broken', detail: null },
    ],
    [
      'a zip archive whose checksum does not fit',
      () => makeZip([{ name: 'a.csv', content: csv, crc: 1 }]),
      { code: 'archive-broken', detail: 'the checksum of a.csv does not fit' },
    ],
    [
      'a zip archive with a member that is longer than it says',
      () => makeZip([{ name: 'a.csv', content: csv, uncompressedBytes: 5 }]),
      { code: 'archive-broken', detail: null },
    ],
    ['half a bzip2 file', () => bzipped.subarray(0, 40), { code: 'archive-broken', detail: null }],
    ['half a Zstandard file', () => zstandard.subarray(0, 20), { code: 'archive-broken', detail: null }],
    ['half a gzip file', () => gzipSync(many).subarray(0, 90_000), { code: 'archive-broken', detail: null }],
    [
      'a gzip file without its last byte',
      () => gzipped.subarray(0, -1),
      { code: 'archive-broken', detail: null },
    ],
    ['a damaged gzip file', () => damaged(gzipSync(many), 90_000), { code: 'archive-broken', detail: null }],
    [
      'half a gzip file in a zip archive',
      () => makeZip([{ name: 'a.csv.gz', content: gzipSync(many).subarray(0, 90_000) }]),
      { code: 'archive-broken', detail: null },
    ],
    [
      'half a tar archive',
      async () => (await makeTar([{ name: 'a.csv', content: many }])).subarray(0, 90_000),
      { code: 'archive-broken', detail: null },
    ],
    [
      'half a tgz',
      async () => gzipSync(await makeTar([{ name: 'a.csv', content: many }])).subarray(0, 90_000),
      { code: 'archive-broken', detail: null },
    ],
    ['an empty zip archive', () => makeZip([]), { code: 'archive-without-table', detail: 'it is empty' }],
    [
      'a zip archive of no tables',
      () => makeZip(['ports.dbf', 'ports.prj', 'ports.shx'].map((name) => ({ name }))),
      { code: 'archive-without-table', detail: 'it holds ports.dbf, ports.prj, ports.shx' },
    ],
    [
      'a tar archive of nothing but readmes',
      () => makeTar([{ name: 'README.txt', content: 'Hello' }]),
      { code: 'archive-without-table', detail: 'it is empty' },
    ],
    ['an empty file in gzip', () => gzipSync(''), { code: 'file-empty', detail: null }],
    [
      'a web page in a zip archive',
      () => makeZip([{ name: 'a.csv', content: '<html>' }]),
      { code: 'file-is-web-page', detail: null },
    ],
    ...['../a.csv', '/etc/a.csv', 'x/../../a.csv', 'C:\\a.csv', '..\\a.csv'].map(
      (name): [string, () => Buffer, Failure] => [
        `a zip archive with a member ${name}`,
        () =>
          makeZip([
            { name: 'good.csv', content: csv },
            { name, content: csv },
          ]),
        { code: 'archive-unsafe', detail: `${name.replaceAll('\\', '/')} would lie outside of it` },
      ],
    ),
    [
      'a tar archive with a member that lies outside',
      () =>
        makeTar([
          { name: 'good.csv', content: csv },
          { name: '../../a.csv', content: csv },
        ]),
      { code: 'archive-unsafe', detail: '../../a.csv would lie outside of it' },
    ],
    [
      'a zip archive with a symbolic link',
      () => makeZip([{ name: 'a.csv', content: '/etc/passwd', mode: 0o120777 }]),
      { code: 'archive-unsafe', detail: 'a.csv is a link' },
    ],
    ...(['symlink', 'link'] as const).map((type): [string, () => Promise<Buffer>, Failure] => [
      `a tar archive with a ${type}`,
      () =>
        makeTar([
          { name: 'good.csv', content: csv },
          { name: 'a.csv', type },
        ]),
      { code: 'archive-unsafe', detail: 'a.csv is a link' },
    ]),
    [
      'a tar archive with a pipe',
      () => makeTar([{ name: 'a.csv', type: 'fifo' }]),
      { code: 'archive-unsafe', detail: 'a.csv is a device' },
    ],
    [
      'a file that is packed four times',
      () => gzipSync(gzipSync(gzipSync(gzipped))),
      { code: 'archive-too-large', detail: 'files packed more than 3 times are not unpacked' },
    ],
    [
      'a zip archive of too many members',
      () => makeZip(Array.from({ length: 10_001 }, (_, n) => ({ name: `${n}.csv`, stored: true }))),
      { code: 'archive-too-large', detail: 'at most 10000 entries are allowed' },
    ],
  ])('%s', async (_name, make, failure) => {
    expect(await refuse(await make())).toEqual(failure);
  });

  /** Packs as well as deflate can: about 1:1030. */
  const nothing = Buffer.alloc(40_000_000, 'a,a\n');
  const packed = gzipSync(gzipSync(nothing, { level: 9 }), { level: 9 });
  const tooLarge = expect.objectContaining({ code: 'archive-too-large' }) as unknown as Failure;

  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['gzip, packed twice', () => packed],
    ['a zip archive of gzip', () => makeZip([{ name: 'a.csv.gz', content: packed }])],
    [
      'tgz, packed twice',
      async () => gzipSync(gzipSync(await makeTar([{ name: 'a', content: nothing.toString() }]))),
    ],
    [
      'zip that lies about its size',
      () =>
        makeZip([{ name: 'a.csv', content: deflateRawSync(nothing), method: 8, uncompressedBytes: 2 ** 31 }]),
    ],
  ])('a bomb: %s', async (_name, make) => {
    expect(await refuse(await make())).toEqual(tooLarge);
  });

  it('more bytes than are allowed', async () => {
    const env = { UNPACKED_BYTES_MAX: '100000' };
    const failure = { code: 'archive-too-large', detail: 'at most 100000 bytes are unpacked' };
    expect(await refuse(gzipSync(many), env)).toEqual(failure);
    expect(await refuse(makeZip([{ name: 'a.csv', content: many }]), env)).toEqual(failure);
    expect(await refuse(gzipSync(await makeTar([{ name: 'a.csv', content: many }])), env)).toEqual(failure);
    expect(await importFile(gzipSync(csv), 'few.csv.gz', env)).toMatchObject({ rows: 2 });
  });
});

describe('text in any usual encoding becomes the table that it means', () => {
  const russian = 'имя,город\nПётр,Новосибирск\nИван,Москва\n';

  it.each<[string, string, Buffer]>([
    ['windows-1252', 'nom,ville\nHélène,Orléans\nJérôme,Nîmes\n', Buffer.alloc(0)],
    ['windows-1251', russian, Buffer.alloc(0)],
    ['KOI8-R', russian, Buffer.alloc(0)],
    ['Shift_JIS', '名前,都市\n田中,東京都\n鈴木,大阪市\n', Buffer.alloc(0)],
    ['GB18030', '姓名,城市\n王伟,北京市\n李娜,上海市\n', Buffer.alloc(0)],
    ['utf-16le', russian, Buffer.from([0xff, 0xfe])],
    ['utf-16be', russian, Buffer.from([0xfe, 0xff])],
    ['utf-16le', 'a,b\nx,é\ny,€\n', Buffer.alloc(0)],
    ['utf-16be', 'a,b\nx,é\ny,€\n', Buffer.alloc(0)],
  ])('%s, packed or not', async (encoding, text, mark) => {
    const content = Buffer.concat([mark, iconv.encode(text, encoding)]);
    for (const packed of [content, gzipSync(content)]) {
      const run = await world.stage(packed);
      expect(await world.import(run)).toBe('imported');
      const event = await world.finished(run);
      const { report } = event as Extract<RunFinishedV1, { outcome: 'imported' }>;
      const [header, ...rows] = text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','));
      expect(report.warnings).toEqual([`The file is not UTF-8; it was read as ${encoding}.`]);
      const own = report.columns.filter(({ header: from }) => from !== null);
      expect(own.map(({ header: from }) => from)).toEqual(header);
      const values = await world.sql<Record<string, string>>(
        `SELECT * FROM ${report.schema}.${report.table} ORDER BY cartodb_id`,
      );
      expect(values.map((row) => own.map(({ name }) => row[name]))).toEqual(rows);
    }
  });

  it('where its first letter beyond ASCII stands far behind the beginning', async () => {
    const rows = 200_000;
    const text = `${manyRows(rows)}Hélène,x\n`;
    const report = await importFile(iconv.encode(text, 'windows-1252'), 'late.csv');
    expect(report).toMatchObject({ rows: rows + 1 });
    expect(report.warnings).toContain('The file is not UTF-8; it was read as windows-1252.');
    expect(await world.column(`SELECT name FROM demo.late WHERE n = 'x'`)).toEqual(['Hélène']);
  });
});
