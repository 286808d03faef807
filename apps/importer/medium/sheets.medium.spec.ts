import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { readSharedStrings } from '../src/formats/xlsx/read-shared-strings.js';
import { createScratchFile } from '../src/unpack/scratch-file.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';
import { makeZip } from './make-archives.js';
import { makeWorkbook, rowsXml } from './make-workbook.js';
import { makeXls } from './make-xls.js';

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

type Options = Partial<RunStagedV1['options']>;

async function importFile(content: Buffer, options: Options = {}): Promise<ImportReport> {
  const staged = await world.stage(content, { options });
  await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'imported') throw new Error(JSON.stringify(event));
  return event.report;
}

async function refuse(content: Buffer, options: Options = {}): Promise<Failure> {
  const staged = await world.stage(content, { options });
  await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

const ownColumns = new Set(['cartodb_id', 'the_geom', 'the_geom_webmercator']);

/** The types of a table's columns, and their values row by row as PostgreSQL writes them. */
async function tableOf(report: ImportReport): Promise<{ types: Record<string, string>; rows: unknown[][] }> {
  const columns = report.columns.filter(({ name }) => !ownColumns.has(name));
  const list = columns.map(({ name }) => `"${name}"::text`).join(', ');
  const rows = await world.sql(
    `SELECT json_build_array(${list}) AS row FROM demo.${report.table} ORDER BY cartodb_id`,
  );
  return {
    types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    rows: rows.map((row) => (row as { row: unknown[] }).row),
  };
}

const formats = ['yyyy\\-mm\\-dd', 'dd/mm/yyyy hh:mm', 'h:mm', '[h]:mm', '0%', '00000'];
const styled = (style: number, value: number): string => `<c s="${style}"><v>${value}</v></c>`;
const shared = (index: number): string => `<c t="s"><v>${index}</v></c>`;

const values = rowsXml([
  ['Id', 'Name', 'Price', 'Day', 'At', 'Clock', 'Worked', 'Share', 'Zip', 'Flag', 'Code', 'Mixed', 'Failed'],
  [
    ...[
      1,
      shared(0),
      '<c><v>37.659999999999997</v></c>',
      styled(1, 43831),
      styled(2, 43831.5),
      styled(3, 0.25),
    ],
    ...[styled(4, 1.5), styled(5, 0.5), styled(6, 501), true, '007', 5, '<c t="e"><v>#N/A</v></c>'],
  ],
  [
    ...[2, shared(1), 2, styled(1, 36585), styled(2, 36585), styled(3, 0.5)],
    ...[
      styled(4, 0.5),
      styled(5, 0.25),
      styled(6, 10001),
      false,
      '010',
      'five',
      '<c t="e"><v>#DIV/0!</v></c>',
    ],
  ],
]);
const workbook = (options: Parameters<typeof makeWorkbook>[1] = {}): Buffer =>
  makeWorkbook([{ name: 'S', rows: values }], {
    shared: ['<t>Zoë</t>', '<r><t>a</t></r><r><t>b</t></r>'],
    formats,
    ...options,
  });

describe('an Excel workbook becomes a table', () => {
  it('with the types that its values have', async () => {
    const report = await importFile(workbook());
    const { types, rows } = await tableOf(report);
    expect(types).toEqual({
      id: 'integer',
      name: 'text',
      price: 'double precision',
      day: 'date',
      at: 'timestamp without time zone',
      clock: 'time without time zone',
      worked: 'text',
      share: 'double precision',
      zip: 'text',
      flag: 'boolean',
      code: 'text',
      mixed: 'text',
      failed: 'text',
    });
    expect(rows).toEqual([
      [
        '1',
        'Zoë',
        '37.66',
        '2020-01-01',
        '2020-01-01 12:00:00',
        '06:00:00',
        '36:00:00',
        '0.5',
        '00501',
        'true',
        '007',
        '5',
        null,
      ],
      [
        '2',
        'ab',
        '2',
        '2000-02-29',
        '2000-02-29 00:00:00',
        '12:00:00',
        '12:00:00',
        '0.25',
        '10001',
        'false',
        '010',
        'five',
        null,
      ],
    ]);
    expect(report.warnings).toContain('2 cells are empty for an error, such as #N/A.');
  });

  it('of texts where types are not to be guessed', async () => {
    const { types, rows } = await tableOf(await importFile(workbook(), { typeGuessing: false }));
    expect(new Set(Object.values(types))).toEqual(new Set(['text']));
    expect(rows[0]).toEqual([
      '1',
      'Zoë',
      '37.66',
      '2020-01-01',
      '2020-01-01 12:00:00',
      '06:00:00',
      '36:00:00',
      '0.5',
      '00501',
      'true',
      '007',
      '5',
      null,
    ]);
  });

  it.each([
    [true, 'integer'],
    [false, 'text'],
  ])('whose texts are looked at for numbers: %s', async (quotedFieldsGuessing, type) => {
    const file = makeWorkbook([
      {
        name: 'S',
        rows: rowsXml([
          ['text', 'number'],
          ['12', 12],
          ['13', 13],
        ]),
      },
    ]);
    const { types } = await tableOf(await importFile(file, { quotedFieldsGuessing }));
    expect(types).toEqual({ text: type, number: 'integer' });
  });

  it('with days counted from 1904 where it says so', async () => {
    const rows = rowsXml([['day'], [styled(1, 42369)]]);
    const file = makeWorkbook([{ name: 'S', rows }], { formats, is1904: true });
    expect((await tableOf(await importFile(file))).rows).toEqual([['2020-01-01']]);
  });

  it('with coordinates as places', async () => {
    const file = makeWorkbook([
      {
        name: 'S',
        rows: rowsXml([
          ['lat', 'lon'],
          [40, -3],
        ]),
      },
    ]);
    const report = await importFile(file);
    expect(await world.column(`SELECT ST_AsText(the_geom) FROM demo.${report.table}`)).toEqual([
      'POINT(-3 40)',
    ]);
  });

  it('without title, empty rows and columns, with a warning for what is merged', async () => {
    const rows = rowsXml([
      [null, 'Ports of 2019'],
      [],
      [null, 'id', 'name', null],
      [null, 1, 'x', null],
      [],
      [null, 2, 'y', '<c s="1"/>'],
      [null, null, null, '<c s="1"/>'],
    ]);
    const after = '<mergeCells count="1"><mergeCell ref="B1:C1"/></mergeCells>';
    const report = await importFile(makeWorkbook([{ name: 'S', rows, after }], { formats }));
    expect(await tableOf(report)).toEqual({
      types: { id: 'integer', name: 'text' },
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
    });
    expect(report.warnings).toEqual([
      'The title in row 1 above the header was left out.',
      'Merged cells in 1 place: their value is in the first of them.',
    ]);
  });
});

describe('of the sheets of a workbook', () => {
  const table = (value: string): string => rowsXml([['name'], [value]]);
  const sheets = [
    { name: 'Hidden', rows: table('hidden'), state: 'hidden' as const },
    { name: 'Empty', rows: '<row r="1"><c s="1"/></row>' },
    { name: 'Header', rows: rowsXml([['name']]) },
    { name: 'First', rows: table('first') },
    { name: 'Second', rows: table('second') },
  ];

  it('the first with rows is the table, and others with values are named', async () => {
    const report = await importFile(makeWorkbook(sheets));
    expect((await tableOf(report)).rows).toEqual([['first']]);
    expect(report.warnings).toEqual(['The table is the sheet First; not read were: Hidden, Header, Second.']);
  });

  it('a hidden one is the table when no other has rows', async () => {
    expect((await tableOf(await importFile(makeWorkbook(sheets.slice(0, 3))))).rows).toEqual([['hidden']]);
  });

  it('the one that is asked for is the table', async () => {
    expect((await tableOf(await importFile(makeWorkbook(sheets), { layer: 'Second' }))).rows).toEqual([
      ['second'],
    ]);
    expect(await refuse(makeWorkbook(sheets), { layer: 'Third' })).toMatchObject({ code: 'layer-unknown' });
  });

  it.each<[string, number]>([
    ['none has rows', 3],
    ['there is none', 0],
  ])('nothing is made when %s', async (_what, count) => {
    expect(await refuse(makeWorkbook(sheets.slice(1, count)))).toEqual({
      code: 'file-without-rows',
      detail: null,
    });
  });
});

describe('a large sheet', () => {
  const names = ['id', 'a', 'b'];
  const rowXml = (id: number): string =>
    `<row r="${id + 1}"><c r="A${id + 1}"><v>${id}</v></c><c r="B${id + 1}" t="str"><v>value ${id}</v></c><c r="C${id + 1}"><v>0.5</v></c></row>`;
  const count = 15_000;
  const many = rowsXml([names]) + Array.from({ length: count }, (_, i) => rowXml(i + 1)).join('');
  const wider = `<row r="20000"><c r="A20000"><v>1</v></c><c r="E20000"><v>9</v></c></row>`;

  it('has a column that only its last row has, where it does not say how far it reaches', async () => {
    const report = await importFile(makeWorkbook([{ name: 'S', rows: many + wider }]));
    expect(report.rows).toBe(count + 1);
    expect((await tableOf(report)).types).toEqual({
      id: 'integer',
      a: 'text',
      b: 'double precision',
      field_4: 'text',
      field_5: 'integer',
    });
  });

  it('rejects the row that reaches farther than the sheet says', async () => {
    const report = await importFile(
      makeWorkbook([{ name: 'S', rows: many + wider, dimension: 'A1:C20000' }]),
    );
    expect(report.rows).toBe(count);
    expect(Object.keys((await tableOf(report)).types)).toEqual(names);
    expect(report.warnings.join()).toContain('20000');
  });
});

it('texts that many cells share beyond what memory is for are found again', async () => {
  const count = 220_000;
  const text = (i: number): string => `text ${i}${'x'.repeat(i % 240)}`;
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from('<sst>');
    for (let i = 0; i < count; i += 1_000) {
      yield Buffer.from(Array.from({ length: 1_000 }, (_, at) => `<si><t>${text(i + at)}</t></si>`).join(''));
    }
    yield Buffer.from('</sst>');
  }
  const strings = await readSharedStrings(content(), createScratchFile);
  let bytesInFile = 0;
  // In steps that jump about, through pages of the file too.
  for (let step = 0, i = 0; step < 20_000; step++, i = (i + 78_901) % count) {
    expect(strings.locate(i)).toBe(true);
    if (!strings.isResident) bytesInFile += strings.end - strings.start;
    const found = strings.bytes.toString('utf8', strings.start, strings.end);
    if (found !== text(i)) throw new Error(`text ${i} is another`);
  }
  expect(bytesInFile).toBeGreaterThan(0);
  expect(strings.locate(count)).toBe(false);
  await strings.close();
});

describe('a workbook that cannot be read says why', () => {
  const good = rowsXml([['a'], ['b']]);
  const withSheet = (rows: string): Buffer => makeWorkbook([{ name: 'Ports', rows }]);
  const encrypted = (): Buffer => {
    const directory = Buffer.alloc(512);
    directory.write('EncryptedPackage', 'utf16le');
    directory.writeUInt16LE(34, 64);
    const header = Buffer.alloc(512);
    Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
    return Buffer.concat([header, directory]);
  };

  it.each<[string, () => Buffer, Failure]>([
    ['with a password', encrypted, { code: 'archive-encrypted', detail: 'it is an Office document' }],
    [
      'in binary',
      () =>
        makeZip([
          { name: '[Content_Types].xml' },
          { name: 'xl/workbook.bin' },
          {
            name: '_rels/.rels',
            content: '<Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/>',
          },
        ]),
      { code: 'file-type-unsupported', detail: 'it looks like a binary Excel workbook (XLSB)' },
    ],
    [
      'without its main part',
      () =>
        makeWorkbook([], { changed: (members) => members.filter(({ name }) => name !== 'xl/workbook.xml') }),
      { code: 'file-unreadable', detail: 'the workbook lacks its main part' },
    ],
    [
      'that lost its end',
      () => workbook().subarray(0, 900),
      { code: 'file-unreadable', detail: 'it looks like an Excel workbook' },
    ],
    [
      'with a checksum that does not fit',
      () =>
        workbook({
          changed: (members) =>
            members.map((member) => ({ ...member, ...(member.name.includes('sheet0') ? { crc: 1 } : {}) })),
        }),
      { code: 'file-unreadable', detail: 'it looks like an Excel workbook' },
    ],
    [
      'with an end of what did not begin',
      () => withSheet(`${good}</row>`),
      { code: 'file-unreadable', detail: 'sheet Ports, row 2, ends something that did not begin' },
    ],
    [
      'with an entity that expands',
      () => withSheet('<row r="7"><c t="str"><v>&lol;</v></c></row>'),
      { code: 'file-unreadable', detail: 'sheet Ports, row 7, has an entity that is not known' },
    ],
    [
      'with a text that is not there',
      () => withSheet(`${good}<row r="9"><c t="s"><v>5</v></c></row>`),
      { code: 'file-unreadable', detail: 'sheet Ports, row 9, refers to a text that is not there' },
    ],
  ])('%s', async (_what, make, failure) => {
    const told = await refuse(make());
    expect(told).toEqual(failure);
  });

  it('damaged anywhere, it becomes a table or ends with a code, and leaves nothing behind', async () => {
    let state = 11;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const damage = (bytes: Buffer): Buffer => {
      const damaged = Buffer.from(bytes);
      for (let flips = 0; flips <= random(4); flips++) damaged[random(damaged.length)] = random(256);
      return damaged;
    };
    for (let run = 0; run < 60; run++) {
      // Within the parts, where no checksum tells, and in the archive itself.
      const inner = workbook({
        changed: (members) =>
          members.map((member) => ({
            ...member,
            content: random(3) === 0 ? damage(Buffer.from(member.content ?? '')) : (member.content ?? ''),
          })),
      });
      const staged = await world.stage(run % 4 === 0 ? damage(workbook()) : inner);
      await world.import(staged);
      const event = await world.finished(staged);
      if (event.outcome === 'failed') expect(event.failure.code).not.toBe('internal');
      else expect(event.outcome).toBe('imported');
    }
  });
});

describe('other spreadsheets, which GDAL reads', () => {
  const rows = [
    ['id', 'name', 'price', 'share', 'day', 'at', 'clock', 'code'],
    [
      1,
      'äö',
      1.5,
      { serial: 0.5, style: 'percent' },
      { serial: 43831, style: 'day' },
      { serial: 43831.5, style: 'dayAndTime' },
      { serial: 0.25, style: 'time' },
      '007',
    ],
    [
      2,
      null,
      2,
      { serial: 0.25, style: 'percent' },
      { serial: 36585, style: 'day' },
      { serial: 36585.25, style: 'dayAndTime' },
      { serial: 0.5, style: 'time' },
      '010',
    ],
  ] as const;
  const types = {
    id: 'integer',
    name: 'text',
    price: 'double precision',
    share: 'double precision',
    day: 'date',
    at: 'timestamp without time zone',
    clock: 'time without time zone',
    code: 'text',
  };

  it.each<[string, boolean, [string, string]]>([
    ['1900', false, ['2020-01-01', '2000-02-29']],
    ['1904', true, ['2024-01-02', '2004-03-01']],
  ])('XLS, with days counted from %s', async (_since, is1904, [first, second]) => {
    expect(await tableOf(await importFile(makeXls(rows, { is1904 })))).toEqual({
      types,
      rows: [
        ['1', 'äö', '1.5', '0.5', first, `${first} 12:00:00`, '06:00:00', '007'],
        ['2', null, '2', '0.25', second, `${second} 06:00:00`, '12:00:00', '010'],
      ],
    });
  });

  it('ODS, with percentages, booleans, days, times and merged cells', async () => {
    const text = (value: string): string =>
      `<table:table-cell office:value-type="string"><text:p>${value}</text:p></table:table-cell>`;
    const typed = (type: string, attribute: string, value: string): string =>
      `<table:table-cell office:value-type="${type}" office:${attribute}="${value}"><text:p>${value.toUpperCase()}</text:p></table:table-cell>`;
    const row = (id: string, flag: string, merged: string): string =>
      `<table:table-row>${typed('float', 'value', id)}${typed('percentage', 'value', '0.5')}${typed('date', 'date-value', '2020-01-02')}${typed('date', 'date-value', '2020-01-02T03:04:05')}${typed('time', 'time-value', 'PT06H30M00S')}${typed('boolean', 'boolean-value', flag)}${text('007')}${merged}</table:table-row>`;
    const header = ['id', 'share', 'day', 'at', 'clock', 'flag', 'code', 'merged'].map(text).join('');
    const merged =
      '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>both</text:p></table:table-cell>';
    const namespaces = ['office', 'table', 'text']
      .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
      .join(' ');
    const content = `<?xml version="1.0"?><office:document-content ${namespaces} office:version="1.2"><office:body><office:spreadsheet><table:table table:name="S"><table:table-row>${header}</table:table-row>${row('1', 'true', merged)}${row('2', 'false', '<table:covered-table-cell/>')}</table:table></office:spreadsheet></office:body></office:document-content>`;
    const file = makeZip([
      { name: 'mimetype', content: 'application/vnd.oasis.opendocument.spreadsheet', stored: true },
      { name: 'content.xml', content },
    ]);
    const table = await tableOf(await importFile(file));
    expect(table.rows).toEqual([
      ['1', '0.5', '2020-01-02', '2020-01-02 03:04:05', '06:30:00', 'true', '007', 'both'],
      ['2', '0.5', '2020-01-02', '2020-01-02 03:04:05', '06:30:00', 'false', '007', null],
    ]);
    expect(table.types).toMatchObject({
      share: 'double precision',
      day: 'date',
      flag: 'boolean',
      code: 'text',
    });
  });
});
