import { makeZip, type ZipMember } from './make-archives.js';

/** A sheet of a workbook to make, as the XML of its rows. */
export interface MadeSheet {
  readonly name: string;
  readonly rows: string;
  readonly state?: 'hidden' | 'veryHidden';
  readonly dimension?: string;
  /** What stands behind the rows. */
  readonly after?: string;
}

/** What else a workbook to make has. */
export interface WorkbookOptions {
  /** Shared texts, as the XML of each. */
  readonly shared?: readonly string[];
  /** The formats of the styles, whose numbers cells name, from 1. */
  readonly formats?: readonly string[];
  readonly is1904?: boolean;
  readonly changed?: (members: ZipMember[]) => ZipMember[];
}

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const prolog = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Makes an Excel workbook, so that it may be wrong in any way. */
export function makeWorkbook(
  sheets: readonly MadeSheet[],
  { shared = [], formats = [], is1904 = false, changed = (members) => members }: WorkbookOptions = {},
): Buffer {
  const links = [
    ...sheets.map((_, i) => relation(`s${i}`, 'worksheet', `worksheets/sheet${i}.xml`)),
    relation('t', 'sharedStrings', 'sharedStrings.xml'),
    relation('y', 'styles', 'styles.xml'),
  ];
  const listed = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="s${i}"/>`,
  );
  const members: [string, string][] = [
    ['[Content_Types].xml', '<Types/>'],
    ['_rels/.rels', `<Relationships>${relation('w', 'officeDocument', 'xl/workbook.xml')}</Relationships>`],
    [
      'xl/workbook.xml',
      `<workbook xmlns:r="${relations}"><workbookPr date1904="${is1904}"/><sheets>${listed.join('')}</sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', `<Relationships>${links.join('')}</Relationships>`],
    ['xl/sharedStrings.xml', `<sst>${shared.map((text) => `<si>${text}</si>`).join('')}</sst>`],
    ['xl/styles.xml', stylesOf(formats)],
    ...sheets.map((sheet, i): [string, string] => [`xl/worksheets/sheet${i}.xml`, sheetXml(sheet)]),
  ];
  return makeZip(changed(members.map(([name, content]) => ({ name, content: prolog + content }))));
}

function relation(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`;
}

function stylesOf(formats: readonly string[]): string {
  const written = formats.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code}"/>`);
  const styles = formats.map((_, i) => `<xf numFmtId="${164 + i}"/>`);
  return `<styleSheet><numFmts>${written.join('')}</numFmts><cellXfs><xf numFmtId="0"/>${styles.join('')}</cellXfs></styleSheet>`;
}

function sheetXml({ rows, dimension, after = '' }: MadeSheet): string {
  const range = dimension === undefined ? '' : `<dimension ref="${dimension}"/>`;
  return `<worksheet>${range}<sheetData>${rows}</sheetData>${after}</worksheet>`;
}

/** The XML of rows: texts are inline, numbers and booleans as such; a string that begins with `<` is a cell's XML. */
export function rowsXml(rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  return rows.map((cells) => `<row>${cells.map(cellXml).join('')}</row>`).join('');
}

function cellXml(value: string | number | boolean | null): string {
  if (value === null) return '<c/>';
  if (typeof value === 'number') return `<c><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c t="b"><v>${value ? 1 : 0}</v></c>`;
  return value.startsWith('<') ? value : `<c t="inlineStr"><is><t>${value}</t></is></c>`;
}
