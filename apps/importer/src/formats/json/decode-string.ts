import { hexUnit } from './scan-json.js';

const backslash = 0x5c;
const quote = 0x22;
const space = 0x20;
const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;

/** What the letter behind a backslash stands for; every other character stands for itself. */
const controls = new Map(
  [...'bfnrt'].map((letter, index) => [letter.charCodeAt(0), [8, 12, 10, 13, 9][index]!]),
);

/** Where decoded text stands; grows to the largest needed. Valid until the next is decoded. */
export let decoded = Buffer.allocUnsafe(4096);
/** How many halves of surrogate pairs stood alone in the string that was decoded last; each became U+FFFD. */
export let loneHalves = 0;

/** Decodes the string between `start` and `end`, which was scanned before, into `decoded`; returns its length. */
export function decodeString(bytes: Buffer, start: number, end: number): number {
  reserve(end - start);
  loneHalves = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c !== backslash) {
      decoded[length++] = c;
      continue;
    }
    const escape = bytes[++i]!;
    if (escape !== 0x75) {
      decoded[length++] = controls.get(escape) ?? escape;
      continue;
    }
    const unit = hexUnit(bytes, i + 1);
    i += 4;
    const low = unit >= 0xd800 && unit < 0xdc00 ? lowHalf(bytes, i + 1, end) : -1;
    if (low !== -1) i += 6;
    length = writeCharacter(low === -1 ? unit : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), length);
  }
  return length;
}

/** The second half of a surrogate pair that is escaped at `at`; -1 when there is none. */
function lowHalf(bytes: Buffer, at: number, end: number): number {
  if (end - at < 6 || bytes[at] !== backslash || bytes[at + 1] !== 0x75) return -1;
  const unit = hexUnit(bytes, at + 2);
  return unit >= 0xdc00 && unit < 0xe000 ? unit : -1;
}

/** Writes a character as UTF-8; never longer than its escape was. */
function writeCharacter(point: number, at: number): number {
  let code = point;
  if (code >= 0xd800 && code < 0xe000) {
    loneHalves++;
    code = 0xfffd;
  }
  if (code < 0x80) {
    decoded[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    decoded[at] = 0xc0 | (code >> 6);
  } else if (code < 0x10000) {
    decoded[at++] = 0xe0 | (code >> 12);
    decoded[at] = 0x80 | ((code >> 6) & 0x3f);
  } else {
    decoded[at++] = 0xf0 | (code >> 18);
    decoded[at++] = 0x80 | ((code >> 12) & 0x3f);
    decoded[at] = 0x80 | ((code >> 6) & 0x3f);
  }
  decoded[at + 1] = 0x80 | (code & 0x3f);
  return at + 2;
}

/** Copies a value, which was scanned before, into `decoded` without the blanks outside of its strings. */
export function compactValue(bytes: Buffer, start: number, end: number): number {
  reserve(end - start);
  let length = 0;
  let isInString = false;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (!isInString && (c === space || c === lf || c === cr || c === tab)) continue;
    decoded[length++] = c;
    if (c === quote) isInString = !isInString;
    else if (c === backslash) decoded[length++] = bytes[++i]!;
  }
  return length;
}

function reserve(bytes: number): void {
  if (decoded.length < bytes) decoded = Buffer.allocUnsafe(2 * bytes);
}
