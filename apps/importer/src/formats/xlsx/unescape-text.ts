import { MalformedXml } from './scan-xml.js';
import type { TextBuffer } from '../text-buffer.js';

const ampersand = 0x26;
const semicolon = 0x3b;
const underscore = 0x5f;
const letterX = 0x78;
const cr = 0x0d;
const lf = 0x0a;

const named = new Map<string, number>([
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['quot', 0x22],
  ['apos', 0x27],
]);

/** The longest reference of any use: `&#x10FFFF;`, with some zeros before. */
const referenceBytesMax = 16;
/** `_x000D_` */
const escapeBytes = 7;

/** Whether text in XML is anything but what it stands for; a few that are not count too. */
export function isEscaped(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === ampersand || byte === cr || (byte === underscore && bytes[i + 1] === letterX)) return true;
  }
  return false;
}

/**
 * Appends what text in XML stands for, for which `out` must have as much room as the text is long: references to
 * characters and the five named ones, line ends as LF, and what spreadsheets write as `_x000D_` as the character of
 * that number. No other entity is known, so that nothing can be expanded.
 *
 * @throws MalformedXml
 */
export function unescapeText(bytes: Buffer, start: number, end: number, out: TextBuffer): void {
  let i = start;
  while (i < end) {
    const byte = bytes[i]!;
    if (byte === ampersand) {
      i = unescapeReference(bytes, i, end, out);
    } else if (byte === underscore && bytes[i + 1] === letterX && i + escapeBytes <= end) {
      i = unescapeNumber(bytes, i, end, out);
    } else if (byte === cr) {
      out.bytes[out.length++] = lf;
      i += bytes[i + 1] === lf && i + 1 < end ? 2 : 1;
    } else {
      out.bytes[out.length++] = byte;
      i++;
    }
  }
}

function unescapeReference(bytes: Buffer, start: number, end: number, out: TextBuffer): number {
  const stop = bytes.indexOf(semicolon, start);
  if (stop === -1 || stop >= end || stop - start > referenceBytesMax) {
    throw new MalformedXml('has an & that begins nothing');
  }
  const name = bytes.toString('latin1', start + 1, stop);
  const code = named.get(name) ?? codeOf(name);
  // What XML does not allow to be written at all, NUL above all, cannot be meant.
  if (!isCharacter(code)) throw new MalformedXml('has an entity that is not known');
  appendCharacter(code, out);
  return stop + 1;
}

function codeOf(name: string): number {
  if (/^#x[0-9a-f]+$/i.test(name)) return Number.parseInt(name.slice(2), 16);
  return /^#\d+$/.test(name) ? Number.parseInt(name.slice(1), 10) : 0;
}

/** Halves of a pair come one after the other; half a one and NUL are no character, so they stay as they are written. */
function unescapeNumber(bytes: Buffer, start: number, end: number, out: TextBuffer): number {
  const first = numberAt(bytes, start, end);
  if (isCharacter(first)) {
    appendCharacter(first, out);
    return start + escapeBytes;
  }
  const second = numberAt(bytes, start + escapeBytes, end);
  if (first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
    appendCharacter(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), out);
    return start + 2 * escapeBytes;
  }
  out.bytes[out.length++] = underscore;
  return start + 1;
}

function numberAt(bytes: Buffer, start: number, end: number): number {
  if (start + escapeBytes > end) return 0;
  const digits = /^_x([0-9a-f]{4})_$/i.exec(bytes.toString('latin1', start, start + escapeBytes));
  return digits === null ? 0 : Number.parseInt(digits[1]!, 16);
}

function isCharacter(code: number): boolean {
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
}

function appendCharacter(code: number, out: TextBuffer): void {
  if (code < 0x80) out.bytes[out.length++] = code;
  else out.length += out.bytes.write(String.fromCodePoint(code), out.length, 'utf8');
}
