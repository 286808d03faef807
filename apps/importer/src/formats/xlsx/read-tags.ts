import { SyncError } from '@tidetable/contracts';
import type { Archive } from '../../unpack/archive.js';
import { refuseOtherEncodings } from './scan-part.js';
import { MalformedXml } from './scan-xml.js';

/** Far more than the parts of a workbook that hold no data ever have. */
const partBytesMax = 32 * 1024 * 1024;

/** A start tag of a small part. */
export interface Tag {
  /** Without its prefix. */
  readonly name: string;
  /** With their prefixes. */
  readonly attributes: ReadonlyMap<string, string>;
}

const tags = /<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>/g;
const attributes = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const named = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
]);

/**
 * Reads a small part of a workbook as its tags, in order; end tags have a `/` before their name.
 *
 * @throws SyncError `file-unreadable`
 */
export async function readTags(document: Archive, part: string): Promise<Tag[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of await document.open(part)) {
    bytes += chunk.length;
    if (bytes > partBytesMax) throw new SyncError('file-unreadable', 'a part of the workbook is too large');
    chunks.push(chunk);
  }
  try {
    return parseTags(Buffer.concat(chunks));
  } catch (error) {
    if (!(error instanceof MalformedXml)) throw error;
    throw new SyncError('file-unreadable', `a part of the workbook ${error.message}`, { cause: error });
  }
}

/** @throws MalformedXml when it is in another encoding or has a document type */
export function parseTags(part: Buffer): Tag[] {
  refuseOtherEncodings(part);
  const text = part.toString('utf8').replace(/<!--[^]*?-->/g, '');
  if (/<!DOCTYPE/i.test(text)) throw new MalformedXml('has a document type, which workbooks never have');
  return Array.from(text.matchAll(tags), (tag) => ({
    name: `${tag[1]}${tag[2]}`,
    attributes: new Map(
      Array.from(tag[3]!.matchAll(attributes), (attribute) => [
        attribute[1]!,
        unescapeAttribute(attribute[2] ?? attribute[3]!),
      ]),
    ),
  }));
}

function unescapeAttribute(value: string): string {
  return value.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named.get(String(name)) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
