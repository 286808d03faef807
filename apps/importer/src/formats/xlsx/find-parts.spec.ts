import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import type { Archive } from '../../unpack/archive.js';
import { findParts, type WorkbookParts } from './find-parts.js';
import { kindsOfStyles } from './read-styles.js';
import { parseTags } from './read-tags.js';

function archiveOf(parts: Record<string, string>): Archive {
  async function* content(name: string): AsyncGenerator<Buffer> {
    yield Buffer.from(parts[name]!);
  }
  return { names: Object.keys(parts), open: async (name) => content(name), close: async () => undefined };
}

const types = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const strictTypes = 'http://purl.oclc.org/ooxml/officeDocument/relationships';
const relation = (id: string, type: string, target: string, base = types): string =>
  `<Relationship Id="${id}" Type="${base}/${type}" Target="${target}"/>`;
const relations = (...all: string[]): string =>
  `<?xml version="1.0"?><Relationships xmlns="x">${all.join('')}</Relationships>`;

const usual = {
  '[Content_Types].xml': '<Types/>',
  '_rels/.rels': relations(relation('r', 'officeDocument', 'xl/workbook.xml')),
  'xl/workbook.xml':
    '<workbook><workbookPr/><sheets><sheet name="A &amp; B" sheetId="1" r:id="rId1"/><sheet name="B" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels': relations(
    relation('rId1', 'worksheet', 'worksheets/sheet1.xml'),
    relation('rId2', 'worksheet', '/xl/worksheets/sheet2.xml'),
    relation('rId3', 'sharedStrings', 'sharedStrings.xml'),
    relation('rId4', 'styles', 'styles.xml'),
  ),
  'xl/worksheets/sheet1.xml': '',
  'xl/worksheets/sheet2.xml': '',
  'xl/sharedStrings.xml': '',
  'xl/styles.xml': '',
};

const found: WorkbookParts = {
  sheets: [
    { name: 'A & B', part: 'xl/worksheets/sheet1.xml', isHidden: false },
    { name: 'B', part: 'xl/worksheets/sheet2.xml', isHidden: true },
  ],
  sharedStrings: 'xl/sharedStrings.xml',
  styles: 'xl/styles.xml',
  is1904: false,
};

const without = (...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(usual).filter(([name]) => !names.includes(name)));

describe('the parts of a workbook', () => {
  it.each<[string, Record<string, string>, Partial<WorkbookParts>]>([
    ['as Excel writes them', usual, found],
    ['without the package saying which is the main one', without('_rels/.rels'), found],
    [
      'without texts and styles',
      without('xl/sharedStrings.xml', 'xl/styles.xml'),
      { ...found, sharedStrings: null, styles: null },
    ],
    [
      'with names in another case and with backslashes',
      {
        ...without('xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml'),
        'XL\\Worksheets\\Sheet1.xml': '',
        'xl/SharedStrings.xml': '',
      },
      {
        ...found,
        sheets: [{ name: 'A & B', part: 'XL\\Worksheets\\Sheet1.xml', isHidden: false }, found.sheets[1]!],
        sharedStrings: 'xl/SharedStrings.xml',
      },
    ],
    [
      'elsewhere, with prefixes, by the strict standard, counting days from 1904',
      {
        '_rels/.rels': relations(relation('r', 'officeDocument', '/a/b/book2.xml', strictTypes)),
        'a/b/book2.xml':
          "<!-- <sheet/> --><x:workbook xmlns:x='m' xmlns:rel='r'><x:workbookPr date1904='true'/><x:sheets><x:sheet rel:id = 'k' sheetId='1' state='veryHidden' name='S'/></x:sheets></x:workbook>",
        'a/b/_rels/book2.xml.rels': relations(relation('k', 'worksheet', '../sheets/./s.xml', strictTypes)),
        'a/sheets/s.xml': '',
      },
      { sheets: [{ name: 'S', part: 'a/sheets/s.xml', isHidden: true }], is1904: true },
    ],
    [
      'without sheets of nothing but a chart',
      {
        ...usual,
        'xl/_rels/workbook.xml.rels': usual['xl/_rels/workbook.xml.rels'].replace(
          '/worksheet" Target="/xl',
          '/chartsheet" Target="/xl',
        ),
      },
      { sheets: [found.sheets[0]!] },
    ],
  ])('%s', async (_what, parts, expected) => {
    expect(await findParts(archiveOf(parts))).toMatchObject(expected);
  });

  it.each<[string, Record<string, string>, [string, string]]>([
    ['the main one', without('xl/workbook.xml'), ['file-unreadable', 'the workbook lacks its main part']],
    [
      'a sheet',
      without('xl/worksheets/sheet1.xml'),
      ['file-unreadable', 'the workbook lacks a sheet that it lists'],
    ],
    [
      'what relates them',
      without('xl/_rels/workbook.xml.rels'),
      ['file-unreadable', 'the workbook lacks a sheet that it lists'],
    ],
    [
      'text, being binary',
      { '_rels/.rels': relations(relation('r', 'officeDocument', 'xl/workbook.bin')), 'xl/workbook.bin': '' },
      ['file-type-unsupported', 'it looks like a binary Excel workbook (XLSB)'],
    ],
    [
      'harmlessness',
      { ...usual, 'xl/workbook.xml': `<!DOCTYPE a [<!ENTITY b "c">]>${usual['xl/workbook.xml']}` },
      ['file-unreadable', 'a part of the workbook has a document type, which workbooks never have'],
    ],
  ])('that lack %s are refused', async (_what, parts, failure) => {
    const error: unknown = await findParts(archiveOf(parts)).catch((reason: unknown) => reason);
    expect(error instanceof SyncError ? [error.code, error.detail] : error).toEqual(failure);
  });
});

describe('the styles of a workbook', () => {
  it('tell by their numbers what numbers mean, in cells only', () => {
    const part = `<styleSheet><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm"/><numFmt formatCode="0.0&quot; d&quot;" numFmtId="165"/></numFmts>
      <cellStyleXfs><xf numFmtId="14"/><xf numFmtId="14"/></cellStyleXfs>
      <cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="164" fontId="0"><alignment/></xf><xf numFmtId="165"/><xf numFmtId="22"/><xf/></cellXfs>
      <dxfs><dxf><numFmt numFmtId="166" formatCode="h"/></dxf></dxfs></styleSheet>`;
    expect(kindsOfStyles(parseTags(Buffer.from(part)))).toEqual([0, 1, 0, 3, 0]);
  });
});
