import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { dateKind, durationKind, paddedKind, plainKind, timeKind, timestampKind } from './number-format.js';
import { readSharedStrings } from './read-shared-strings.js';
import { SheetScanner } from './sheet-scanner.js';
import type { ValueRules } from './write-cell.js';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const strict = 'http://purl.oclc.org/ooxml/spreadsheetml/main';

const styles = [plainKind, dateKind, timeKind, timestampKind, durationKind, paddedKind + 5];

async function rulesWith(items: readonly string[], is1904 = false): Promise<ValueRules> {
  const sst = `<sst xmlns="${main}">${items.map((item) => `<si>${item}</si>`).join('')}</sst>`;
  const strings = await readSharedStrings(one(Buffer.from(sst)), noFile);
  return { strings, kinds: styles, is1904 };
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const noFile = (): Promise<never> => Promise.reject(new Error('so few texts need no file'));

const sheetOf = (rows: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`;

type Value = string | null;

/** Numbered rows: the values from the first column on, texts in quotes. */
interface Scanned {
  rows: Record<number, Value[]>;
  scanner: SheetScanner;
}

function scan(xml: string | Buffer, rules: ValueRules, pieceBytes = Infinity): Scanned {
  const rows: Record<number, Value[]> = {};
  const scanner = new SheetScanner('sheet S', rules, (cells) => {
    rows[cells.number] = Array.from({ length: cells.last + 1 }, (_, column) => {
      if (!cells.has(column)) return null;
      return cells.isText(column) ? JSON.stringify(cells.text(column)) : cells.text(column);
    });
  });
  const bytes = Buffer.from(xml);
  let rest = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = Buffer.concat([rest, bytes.subarray(at, at + pieceBytes)]);
    rest = piece.subarray(scanner.scan(piece));
  }
  return { rows, scanner };
}

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof SyncError ? [error.code, error.detail] : error;
  }
}

const shared = [
  '<t>first</t>',
  '<t xml:space="preserve"> spaced </t>',
  '<t> trimmed\n </t>',
  '<r><rPr><b/></rPr><t>ri</t></r><r><t>ch</t></r>',
  '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
  '<t/>',
  '<t>007</t>',
];

describe('cells of a sheet', () => {
  it.each<[string, string, Value[]]>([
    ['a number', '<c r="A1"><v>1.5</v></c>', ['1.5']],
    ['a number that says that it is one', '<c r="A1" t="n"><v>1.5</v></c>', ['1.5']],
    ['a number of 17 digits', '<c r="A1"><v>1.1000000000000001</v></c>', ['1.1']],
    ['a number in scientific notation', '<c r="A1"><v>1E+20</v></c>', ['100000000000000000000']],
    ['a number among blanks', '<c r="A1"><v>\n  7\n</v></c>', ['7']],
    ['a number of a style that is not there', '<c r="A1" s="99"><v>7</v></c>', ['7']],
    ['a percentage, which is its number', '<c r="A1"><v>0.5</v></c>', ['0.5']],
    ['a shared text', '<c r="A1" t="s"><v>0</v></c>', ['"first"']],
    ['a text that looks like a number', '<c r="A1" t="s"><v>6</v></c>', ['"007"']],
    ['blanks that count', '<c r="A1" t="s"><v>1</v></c>', ['" spaced "']],
    ['blanks that do not', '<c r="A1" t="s"><v>2</v></c>', ['"trimmed"']],
    ['a text in several formats', '<c r="A1" t="s"><v>3</v></c>', ['"rich"']],
    ['a text without how it is pronounced', '<c r="A1" t="s"><v>4</v></c>', ['"東京"']],
    ['an empty shared text', '<c r="A1" t="s"><v>5</v></c><c r="B1"><v>1</v></c>', [null, '1']],
    ['an inline text', '<c r="A1" t="inlineStr"><is><t>in</t></is></c>', ['"in"']],
    [
      'an inline text in several formats',
      '<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><rPr/><t xml:space="preserve"> b</t></r></is></c>',
      ['"a b"'],
    ],
    ['the text of a formula', '<c r="A1" t="str"><f>A2&amp;"x"</f><v>a &lt; b</v></c>', ['"a < b"']],
    [
      'the empty text of a formula',
      '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>',
      [null, '1'],
    ],
    ['the number of a formula', '<c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>4</v></c>', ['4']],
    ['a shared formula', '<c r="A1"><f t="shared" si="0"/><v>4</v></c>', ['4']],
    ['yes', '<c r="A1" t="b"><v>1</v></c>', ['true']],
    ['no', '<c r="A1" t="b"><v>0</v></c>', ['false']],
    ['an error, which is NULL', '<c r="A1" t="e"><v>#N/A</v></c>', ['']],
    ['a day', '<c r="A1" s="1"><v>43831</v></c>', ['2020-01-01']],
    ['a time', '<c r="A1" s="2"><v>0.5</v></c>', ['12:00:00']],
    ['a day and time', '<c r="A1" s="3"><v>43831.5</v></c>', ['2020-01-01 12:00:00']],
    ['a duration', '<c r="A1" s="4"><v>1.5</v></c>', ['36:00:00']],
    ['a day that is none', '<c r="A1" s="1"><v>-5</v></c>', ['-5']],
    ['a day as text in the format of days', '<c r="A1" s="1" t="s"><v>0</v></c>', ['"first"']],
    ['a day in ISO 8601', '<c r="A1" s="1" t="d"><v>2020-01-01</v></c>', ['2020-01-01']],
    ['midnight in ISO 8601', '<c r="A1" t="d"><v>2020-01-01T00:00:00</v></c>', ['2020-01-01']],
    ['a day and time in ISO 8601', '<c r="A1" t="d"><v>2020-01-01T12:30:00</v></c>', ['2020-01-01T12:30:00']],
    ['a number shown with zeros', '<c r="A1" s="5"><v>501</v></c>', ['00501']],
    ['a longer number shown with zeros', '<c r="A1" s="5"><v>1234567</v></c>', ['1234567']],
    ['a decimal shown with zeros', '<c r="A1" s="5"><v>1.5</v></c>', ['1.5']],
    ['nothing', '<c r="A1" s="1"/><c r="B1"><v>1</v></c>', [null, '1']],
    [
      'nothing, with a value',
      '<c r="A1"><v/></c><c r="B1"><v></v></c><c r="C1"><v>1</v></c>',
      [null, null, '1'],
    ],
    ['cells that are left out', '<c r="B1"><v>1</v></c><c r="D1"><v>2</v></c>', [null, '1', null, '2']],
    ['cells that do not say where they are', '<c><v>1</v></c><c/><c><v>3</v></c>', ['1', null, '3']],
    ['one that does not behind one that does', '<c r="B1"><v>1</v></c><c><v>2</v></c>', [null, '1', '2']],
    ['cells in another order', '<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>', ['1', null, '3']],
    ['cells beyond Z', '<c r="AA1"><v>1</v></c>', [...Array<null>(26).fill(null), '1']],
    ['attributes in another order and quotes', `<c t='s'  s = "0" r='A1' ><v>0</v></c >`, ['"first"']],
    ['attributes that are not known', '<c r="A1" cm="1" vm="2" ph="1"><v>1</v></c>', ['1']],
    ['elements that are not known', '<c r="A1"><extLst><ext><v>9</v></ext></extLst><v>1</v></c>', ['1']],
    ['comments', '<c r="A1"><!-- <v>9</v> --><v>1<!--2-->3</v></c>', ['13']],
    ['text as it stands', '<c r="A1" t="str"><v><![CDATA[a<b&c]]></v></c>', ['"a<b&c"']],
    ['a number as it stands', '<c r="A1"><v><![CDATA[7]]></v></c>', ['7']],
    [
      'entities',
      '<c r="A1" t="str"><v>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;</v></c>',
      [JSON.stringify(`<>&"'AB😀`)],
    ],
    ['an entity of an entity, once', '<c r="A1" t="str"><v>&amp;lt;</v></c>', ['"&lt;"']],
    ['line ends', '<c r="A1" t="str"><v>a\nb\r\nc\rd</v></c>', [JSON.stringify('a\nb\nc\nd')]],
    ['a character by its number', '<c r="A1" t="str"><v>a_x000D_\nb</v></c>', [JSON.stringify('a\r\nb')]],
    [
      'a character by its number that is meant as it is',
      '<c r="A1" t="str"><v>_x005F_x000D_</v></c>',
      ['"_x000D_"'],
    ],
    ['halves of a character by their numbers', '<c r="A1" t="str"><v>_xD83D__xDE00_</v></c>', ['"😀"']],
    ['half a character by its number', '<c r="A1" t="str"><v>_xD83D_</v></c>', ['"_xD83D_"']],
    ['what no text may have by its number', '<c r="A1" t="str"><v>_x0000_</v></c>', ['"_x0000_"']],
    ['what only begins like a number', '<c r="A1" t="str"><v>_x00_ _x</v></c>', ['"_x00_ _x"']],
  ])('%s', async (_what, cells, values) => {
    const rules = await rulesWith(shared);
    const { rows, scanner } = scan(sheetOf(`<row r="1">${cells}</row>`), rules);
    expect(rows).toEqual({ 1: values });
    expect(scanner.isWhole).toBe(true);
  });

  it('days are counted from 1904 where the workbook says so', async () => {
    const rules = await rulesWith([], true);
    expect(scan(sheetOf('<row r="1"><c s="1"><v>42369</v></c></row>'), rules).rows).toEqual({
      1: ['2020-01-01'],
    });
  });

  it.each<[string, string, object]>([
    ['errors', '<c t="e"><v>#DIV/0!</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>', { errors: 2 }],
    [
      'formulas that were never computed',
      '<c><f>A1</f></c><c><f>A1</f><v></v></c><c><v>1</v></c>',
      { uncomputed: 2 },
    ],
    ['the day 0', '<c s="1"><v>0</v></c>', { emptyDays: 1 }],
    ['nothing', '<c/><c t="str"><f>""</f><v></v></c>', {}],
  ])('%s are counted, wherever the pieces are cut', async (_what, cells, counts) => {
    const rules = await rulesWith([]);
    const expected = { errors: 0, uncomputed: 0, emptyDays: 0, ...counts };
    const xml = sheetOf(`<row r="1">${cells}</row>`);
    expect(scan(xml, rules).scanner.counts).toEqual(expected);
    expect(scan(xml, rules, 7).scanner.counts).toEqual(expected);
  });
});

describe('rows of a sheet', () => {
  const cell = '<c><v>1</v></c>';

  it.each<[string, string, number[]]>([
    ['with numbers', `<row r="2">${cell}</row><row r="7">${cell}</row>`, [2, 7]],
    ['without numbers', `<row>${cell}</row><row>${cell}</row>`, [1, 2]],
    ['without a number behind one that has one', `<row r="5">${cell}</row><row>${cell}</row>`, [5, 6]],
    ['in another order', `<row r="5">${cell}</row><row r="3">${cell}</row>`, [3, 5]],
    [
      'that are empty',
      `<row r="1"/><row r="2"></row><row r="3"><c s="1"/></row><row r="4">${cell}</row>`,
      [4],
    ],
    [
      'with what nobody knows',
      `<row r="1" spans="1:1" ht="15" x14ac:dyDescent="0.25"><x/>${cell}</row>`,
      [1],
    ],
    ['with blanks between all of it', `\n <row r="1">\n  <c>\n <v>1</v>\n </c>\n </row >\n`, [1]],
  ])('%s', async (_what, rows, numbers) => {
    const rules = await rulesWith([]);
    expect(Object.keys(scan(sheetOf(rows), rules).rows).map(Number)).toEqual(numbers);
  });

  it.each<[string, string]>([
    [
      'with a prefix',
      `<x:worksheet xmlns:x="${main}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c r="B1"><x:f>1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
    ],
    [
      'of the strict standard',
      `<worksheet xmlns="${strict}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>`,
    ],
    [
      'with a byte order mark',
      `\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>`,
    ],
    [
      'with much around them',
      `<worksheet><!-- c --><sheetPr><tabColor rgb="FF"/></sheetPr><dimension ref="A1:B1"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><cols><col min="1" max="2"/></cols><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1"><v>2</v></c></row></sheetData><autoFilter ref="A1:B1"/><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells><extLst><ext><row r="9"/></ext></extLst></worksheet>`,
    ],
  ])('%s', async (_what, xml) => {
    const rules = await rulesWith([]);
    const { rows, scanner } = scan(xml, rules);
    expect(rows).toEqual({ 1: ['"a"', '2'] });
    expect(scanner.isWhole).toBe(true);
  });

  it.each(['<worksheet/>', '<worksheet><sheetData/></worksheet>', '<worksheet><cols/></worksheet>'])(
    'of %s are none',
    async (xml) => {
      const { rows, scanner } = scan(xml, await rulesWith([]));
      expect(rows).toEqual({});
      expect(scanner.isWhole).toBe(true);
    },
  );

  it('how far they reach, and what is merged, is as the sheet says', async () => {
    const { scanner } = scan(
      '<worksheet><dimension ref="B2:D9"/><sheetData/><mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="C1:C2"/></mergeCells></worksheet>',
      await rulesWith([]),
    );
    expect([scanner.dimension, scanner.mergedRanges]).toEqual(['B2:D9', 2]);
  });

  it('are the same wherever the pieces are cut', async () => {
    const rules = await rulesWith(shared);
    const xml = `\ufeff<?xml version="1.0"?><!-- <row> --><x:worksheet xmlns:x="${main}" a='>'><x:dimension ref="A1:C9"/>
      <x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>3</x:v></x:c><x:c r="C1" s="3"><x:v>43831.5</x:v></x:c></x:row>
      <x:row r="2"><!-- </x:row> --><x:c r="A2" t="str"><x:f>"é"&amp;1</x:f><x:v>é&lt;_x000D_😀</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>
      <x:row r="3"/><x:row><x:c t="inlineStr"><x:is><x:r><x:t>a</x:t></x:r><x:rPh><x:t>b</x:t></x:rPh></x:is></x:c><x:c t="str"><x:v><![CDATA[</x:v>]]></x:v></x:c></x:row>
      </x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>`;
    const whole = scan(xml, rules);
    expect(whole.rows).toEqual({
      1: ['"rich"', null, '2020-01-01 12:00:00'],
      2: [JSON.stringify('é<\r😀'), ''],
      4: ['"a"', '"</x:v>"'],
    });
    const bytes = Buffer.byteLength(xml);
    for (let pieceBytes = 1; pieceBytes < bytes; pieceBytes += pieceBytes < 64 ? 1 : 13) {
      const cut = scan(xml, rules, pieceBytes);
      expect(cut.rows).toEqual(whole.rows);
      expect(cut.scanner.isWhole).toBe(true);
      expect(cut.scanner.counts).toEqual(whole.scanner.counts);
      expect(cut.scanner.mergedRanges).toBe(1);
    }
  });
});

describe('a broken sheet says where', () => {
  const row = '<row r="1"><c><v>1</v></c></row>';

  it.each<[string, string | Buffer, string]>([
    [
      'a text that is not there',
      sheetOf('<row r="3"><c t="s"><v>0</v></c></row>'),
      'sheet S, row 3, refers to a text that is not there',
    ],
    [
      'no number of a text',
      sheetOf('<row r="3"><c t="s"><v>x</v></c></row>'),
      'sheet S, row 3, refers to a text that is not there',
    ],
    [
      'a row number that is none',
      sheetOf(`${row}<row r="x"/>`),
      'sheet S, row 1, is followed by a row without a number',
    ],
    [
      'a place that does not exist',
      sheetOf('<row r="2"><c r="12"><v>1</v></c></row>'),
      'sheet S, row 2, has a cell at a place that does not exist',
    ],
    [
      'a column that does not exist',
      sheetOf('<row r="2"><c r="ZZZ2"><v>1</v></c></row>'),
      'sheet S, row 2, has more columns than a sheet can have',
    ],
    [
      'a kind of cell that does not exist',
      sheetOf('<row r="2"><c t="z"><v>1</v></c></row>'),
      'sheet S, row 2, has a cell of an unknown kind',
    ],
    [
      'an attribute without quotes',
      sheetOf('<row r="2"><c r=A1><v>1</v></c></row>'),
      'sheet S, row 2, has an attribute without quotes',
    ],
    [
      'an attribute without a value',
      sheetOf('<row r="2"><c r><v>1</v></c></row>'),
      'sheet S, row 2, has an attribute without a value',
    ],
    [
      'an entity that is not known',
      sheetOf('<row r="2"><c t="str"><v>&lol;</v></c></row>'),
      'sheet S, row 2, has an entity that is not known',
    ],
    [
      'an entity of nothing',
      sheetOf('<row r="2"><c t="str"><v>&#0;</v></c></row>'),
      'sheet S, row 2, has an entity that is not known',
    ],
    [
      'half a character as an entity',
      sheetOf('<row r="2"><c t="str"><v>&#xD800;</v></c></row>'),
      'sheet S, row 2, has an entity that is not known',
    ],
    [
      'an ampersand',
      sheetOf('<row r="2"><c t="str"><v>a & b</v></c></row>'),
      'sheet S, row 2, has an & that begins nothing',
    ],
    [
      'an element in a text',
      sheetOf('<row r="2"><c t="str"><v>a<b/></v></c></row>'),
      'sheet S, row 2, has an element in a text',
    ],
    ['a tag in a tag', sheetOf('<row r="2" <c/></row>'), 'sheet S has a tag within a tag'],
    ['an end of nothing', sheetOf(`${row}</c>`), 'sheet S, row 1, ends something that did not begin'],
    [
      'an end within its rows',
      `<worksheet><sheetData>${row}</worksheet>`,
      'sheet S, row 1, ends within its rows',
    ],
    [
      'a document type',
      `<!DOCTYPE x [<!ENTITY a "b">]>${sheetOf(row)}`,
      'sheet S has a document type, which workbooks never have',
    ],
    ['something else', '<chartsheet/>', 'sheet S is no worksheet'],
    ['UTF-16', Buffer.from(`\ufeff${sheetOf(row)}`, 'utf16le'), 'sheet S is written in UTF-16'],
    [
      'another encoding',
      sheetOf(row).replace('UTF-8', 'windows-1252'),
      'sheet S is written in another encoding than UTF-8',
    ],
  ])('%s', async (_what, xml, detail) => {
    const rules = await rulesWith([]);
    expect(failureOf(() => scan(xml, rules))).toEqual(['file-unreadable', detail]);
  });

  it.each([Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0])])(
    'bytes that are no text',
    async (bytes) => {
      const [before, after] = sheetOf('<row r="2"><c t="str"><v>!</v></c></row>').split('!');
      const xml = Buffer.concat([Buffer.from(before!), bytes, Buffer.from(after!)]);
      const rules = await rulesWith([]);
      expect(failureOf(() => scan(xml, rules))).toEqual(['text-encoding-invalid', 'sheet S, row 2']);
    },
  );

  it('what ends early is not whole', async () => {
    const xml = sheetOf(row);
    const rules = await rulesWith([]);
    for (let bytes = 0; bytes < xml.length - 1; bytes++) {
      expect(scan(xml.slice(0, bytes), rules).scanner.isWhole).toBe(false);
    }
  });
});
