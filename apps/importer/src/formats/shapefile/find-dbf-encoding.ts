import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { guessEncoding } from '../csv/guess-encoding.js';
import type { DbfHeader } from './read-dbf-header.js';

/** The code pages behind dBASE's numbers; others mean nothing in particular. */
const languages = new Map<number, string>([
  ...entries('cp437', 0x01, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x15, 0x18, 0x19, 0x1b),
  ...entries('cp850', 0x02, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1d, 0x25, 0x37),
  ...entries('cp852', 0x1f, 0x22, 0x23, 0x40, 0x64, 0x87),
  ...entries('cp866', 0x26, 0x65),
  ...entries('cp865', 0x08, 0x17, 0x66),
  ...entries('cp861', 0x67),
  ...entries('cp737', 0x6a, 0x86),
  ...entries('cp857', 0x6b, 0x88),
  ...entries('Shift_JIS', 0x13, 0x7b),
  ...entries('GB18030', 0x4d, 0x7a),
  ...entries('Big5', 0x4f, 0x78),
  ...entries('EUC-KR', 0x4e, 0x79),
  ...entries('windows-874', 0x50, 0x7c),
  ...entries('windows-1250', 0xc8),
  ...entries('windows-1251', 0xc9),
  ...entries('windows-1252', 0x03, 0x58, 0x59),
  ...entries('windows-1253', 0xcb),
  ...entries('windows-1254', 0xca),
  ...entries('windows-1257', 0xcc),
]);

function entries(encoding: string, ...numbers: number[]): (readonly [number, string])[] {
  return numbers.map((number) => [number, encoding] as const);
}

/** How much text decides. */
const sampleBytesMax = 256 * 1024;

/**
 * The encoding of a dBASE table's texts. What the .cpg says, then what the table itself says, is believed unless the
 * texts cannot be in it; texts that are all UTF-8 are, whatever the table says. Where nothing is said the encoding is
 * guessed as for other text, which makes it Windows-1252 (of which ISO-8859-1 is a part) mostly.
 *
 * @param cpg the text of the .cpg file; `null` where there is none
 * @param head the beginning of the table, with as many records as there are in it
 */
export function findDbfEncoding(cpg: string | null, header: DbfHeader, head: Buffer): string {
  const texts = collectTexts(header, head);
  const said = cpg === null ? null : encodingNamed(cpg);
  if (said !== null && fits(said, texts)) return said;
  if (fits('utf-8', texts) && texts.some((byte) => byte >= 0x80)) return 'utf-8';
  const own = languages.get(header.language) ?? null;
  if (own !== null && fits(own, texts)) return own;
  return guessEncoding(texts);
}

/** What programs write into a .cpg: `UTF-8`, `1252`, `ANSI 1252`, `OEM 866`, `8859_1`, `ISO 88591`. */
function encodingNamed(cpg: string): string | null {
  const name = cpg
    .replace(/^\ufeff/, '')
    .trim()
    .split(/[\r\n\0]/)[0]!;
  const iso = /^(?:iso)?[ _-]?8859[ _-]?(\d{1,2})$/i.exec(name)?.[1];
  const page = /^(?:ansi|oem|cp|windows|ms)?[ _-]?(\d{3,5})$/i.exec(name)?.[1];
  const encoding =
    iso !== undefined
      ? `ISO-8859-${iso}`
      : page === '65001'
        ? 'utf-8'
        : page !== undefined
          ? codePage(page)
          : name;
  if (encoding === '' || !iconv.encodingExists(encoding)) return null;
  return /^utf-?8$/i.test(encoding) ? 'utf-8' : encoding;
}

function codePage(number: string): string {
  const eastern: Record<string, string> = {
    '932': 'Shift_JIS',
    '936': 'GB18030',
    '949': 'EUC-KR',
    '950': 'Big5',
  };
  return eastern[number] ?? (number.startsWith('12') ? `windows-${number}` : `cp${number}`);
}

function fits(encoding: string, texts: Buffer): boolean {
  return encoding === 'utf-8' ? isUtf8(texts) : !iconv.decode(texts, encoding).includes('\ufffd');
}

/** The texts of the first records, a line each, without half a character at the end of a field. */
function collectTexts({ fields, headerBytes, recordBytes }: DbfHeader, head: Buffer): Buffer {
  const texts: Buffer[] = fields.flatMap(({ name }) => [name, newline]);
  const textFields = fields.filter(({ type }) => type === 'C');
  let length = 0;
  for (let at = headerBytes; at + recordBytes <= head.length && length < sampleBytesMax; at += recordBytes) {
    for (const { offset, length: bytes } of textFields) {
      const text = withoutPadding(head.subarray(at + offset, at + offset + bytes));
      if (text.length === 0) continue;
      texts.push(text, newline);
      length += text.length;
    }
  }
  return Buffer.concat(texts);
}

const newline = Buffer.from('\n');

/** A field is filled up with blanks or NUL bytes, and may end within a character of UTF-8 where it is full. */
function withoutPadding(field: Buffer): Buffer {
  let end = field.indexOf(0);
  if (end === -1) end = field.length;
  while (end > 0 && field[end - 1] === 0x20) end--;
  return field.subarray(0, end === field.length ? endOfWholeText(field) : end);
}

/** Where UTF-8 ends that was cut off at any byte; the length where it is not cut off, or no UTF-8. */
export function endOfWholeText(field: Buffer): number {
  if (isUtf8(field)) return field.length;
  for (let end = field.length - 1; end >= Math.max(0, field.length - 3); end--) {
    if (field[end]! >= 0xc0 && isUtf8(field.subarray(0, end))) return end;
  }
  return field.length;
}
