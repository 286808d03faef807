import { SyncError } from '@tidetable/contracts';
import type { Archive } from '../../unpack/archive.js';
import { readTags } from './read-tags.js';

/** A sheet with cells. */
export interface SheetPart {
  readonly name: string;
  readonly part: string;
  readonly isHidden: boolean;
}

/** What a workbook is made of, as far as its values are concerned. */
export interface WorkbookParts {
  readonly sheets: readonly SheetPart[];
  readonly sharedStrings: string | null;
  readonly styles: string | null;
  /** Whether days are counted from 1904. */
  readonly is1904: boolean;
}

/**
 * Finds the parts of a workbook by the relationships between them (ECMA-376 part 2), in the order of its sheets. Sheets
 * with nothing but a chart are none.
 *
 * @throws SyncError `file-unreadable`, or `file-type-unsupported` for a workbook in the binary format
 */
export async function findParts(document: Archive): Promise<WorkbookParts> {
  const files = new Map(document.names.map((name) => [keyOf(name), name]));
  const main = (await relationships(document, files, '')).find(({ type }) => type === 'officeDocument')?.part;
  const workbook = files.get(main ?? 'xl/workbook.xml');
  if (workbook === undefined) throw new SyncError('file-unreadable', 'the workbook lacks its main part');
  if (/\.bin$/i.test(workbook)) {
    throw new SyncError('file-type-unsupported', 'it looks like a binary Excel workbook (XLSB)');
  }
  const related = await relationships(document, files, keyOf(workbook));
  const partOf = (type: string): string | null =>
    files.get(related.find((other) => other.type === type)?.part ?? '') ?? null;
  const sheets: SheetPart[] = [];
  let is1904 = false;
  for (const { name, attributes } of await readTags(document, workbook)) {
    if (name === 'workbookPr') is1904 = /^(1|true|on)$/i.test(attributes.get('date1904') ?? '');
    if (name !== 'sheet') continue;
    const id = [...attributes].find(([attribute]) => attribute.endsWith(':id'))?.[1];
    const target = related.find((other) => other.id === id && other.type === 'worksheet');
    const part = files.get(target?.part ?? '');
    if (part === undefined) {
      if (target === undefined && related.some((other) => other.id === id)) continue;
      throw new SyncError('file-unreadable', 'the workbook lacks a sheet that it lists');
    }
    sheets.push({
      name: attributes.get('name') ?? '',
      part,
      isHidden: (attributes.get('state') ?? 'visible') !== 'visible',
    });
  }
  return { sheets, sharedStrings: partOf('sharedStrings'), styles: partOf('styles'), is1904 };
}

interface Relationship {
  readonly id: string;
  /** The last word of its type, which is the same in all versions of the standard. */
  readonly type: string;
  /** The part it leads to, as a key. */
  readonly part: string;
}

/** Where a part leads to; the package as a whole is the part without a name. */
async function relationships(
  document: Archive,
  files: ReadonlyMap<string, string>,
  source: string,
): Promise<Relationship[]> {
  const folder = source.slice(0, source.lastIndexOf('/') + 1);
  const part = files.get(`${folder}_rels/${source.slice(folder.length)}.rels`);
  if (part === undefined) return [];
  return (await readTags(document, part))
    .filter(({ name, attributes }) => name === 'Relationship' && attributes.get('TargetMode') !== 'External')
    .map(({ attributes }) => ({
      id: attributes.get('Id') ?? '',
      type: (attributes.get('Type') ?? '').split('/').at(-1)!,
      part: resolve(folder, attributes.get('Target') ?? ''),
    }));
}

/** Parts are found whatever the case of their names, and whichever slash a program wrote. */
function keyOf(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\//, '').toLowerCase();
}

function resolve(folder: string, target: string): string {
  const path = keyOf(target.startsWith('/') || target.startsWith('\\') ? target : folder + target);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}
