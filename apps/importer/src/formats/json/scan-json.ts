const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const dot = 0x2e;
const minus = 0x2d;
const plus = 0x2b;
const zero = 0x30;
const nine = 0x39;
const space = 0x20;
const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;

export const braceOpen = 0x7b;
export const bracketOpen = 0x5b;
/** From an opening brace or bracket to the one that closes it. */
export const toClosing = 2;

/** What a scan returns when the bytes end before what it scans does: there must be more of them. */
export const incomplete = -1;

/** How deep values may stand in each other. */
export const nestingMax = 512;

/** Bytes that are not JSON; for the reader, who knows where in the file they are. */
export class MalformedJson extends Error {
  constructor(
    readonly reason: string,
    /** Where, in the bytes that were scanned. */
    readonly at: number,
    /** In or behind which row, in words. */
    readonly row: string | null = null,
  ) {
    super(reason);
  }
}

/** Whether the string that was scanned last has escapes. */
export let stringIsEscaped = false;
/** Whether it has an escaped NUL, which no text of PostgreSQL can hold. */
export let stringHasNul = false;
/** Whether the scalar that was scanned last is null. */
export let scalarIsNull = false;
/** Whether the value that was skipped last has blanks outside of strings. */
export let valueIsSpaced = false;

/** Bytes that end the quick way through a string. */
const isSpecialInString = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < space || byte === quote || byte === backslash ? 1 : 0,
);
/** What may follow a backslash, besides `u`. */
const isEscape = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Words that are values, as their bytes. Not the last three are JSON, but programs write them all the same. */
const words = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word));
const nullWord = words[2]!;

/** Where the next byte that is no blank stands; `to` when there is none. */
export function skipSpace(bytes: Buffer, at: number, to: number): number {
  let i = at;
  let c = 0;
  while (i < to && ((c = bytes[i]!) === space || c === lf || c === cr || c === tab)) i++;
  return i;
}

/**
 * Scans a string, from the byte behind its opening quote, and returns where its closing quote stands. Sets
 * `stringIsEscaped` and `stringHasNul`.
 */
export function scanString(bytes: Buffer, at: number, to: number): number {
  stringIsEscaped = false;
  stringHasNul = false;
  for (let i = at; i < to; i++) {
    const c = bytes[i]!;
    if (isSpecialInString[c] === 0) continue;
    if (c === quote) return i;
    if (c !== backslash) throw new MalformedJson('a control character stands in a string', i);
    stringIsEscaped = true;
    i++;
    if (i === to) return incomplete;
    if (bytes[i] === 0x75) {
      if (to - i < 5) return incomplete;
      const unit = hexUnit(bytes, i + 1);
      if (unit < 0) throw new MalformedJson('an escape has no four hexadecimal digits', i);
      if (unit === 0) stringHasNul = true;
      i += 4;
    } else if (isEscape[bytes[i]!] === 0) throw new MalformedJson('an unknown escape stands in a string', i);
  }
  return incomplete;
}

/** The number that four hexadecimal digits are; negative when they are none. */
export function hexUnit(bytes: Buffer, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const c = bytes[i]!;
    const letter = c | 0x20;
    if (c >= zero && c <= nine) unit = unit * 16 + c - zero;
    else if (letter >= 0x61 && letter <= 0x66) unit = unit * 16 + letter - 0x57;
    else return -1;
  }
  return unit;
}

/** Scans a number or a word and returns its end. Sets `scalarIsNull`. */
export function scanScalar(bytes: Buffer, at: number, to: number): number {
  scalarIsNull = false;
  const first = bytes[at]!;
  if ((first >= zero && first <= nine) || (first === minus && bytes[at + 1] !== 0x49)) {
    return scanNumber(bytes, at, to);
  }
  for (const word of words) {
    let length = 0;
    while (length < word.length && at + length < to && bytes[at + length] === word[length]) length++;
    if (length === word.length) {
      scalarIsNull = word === nullWord;
      return at + length;
    }
    if (at + length === to) return incomplete;
  }
  throw new MalformedJson('a value is expected', at);
}

/** A number always has something behind it, since it stands in an object or array. */
function scanNumber(bytes: Buffer, at: number, to: number): number {
  let i = at;
  if (bytes[i] === minus) i++;
  const whole = i;
  i = skipDigits(bytes, i, to);
  let isWrong = i === whole || (bytes[whole] === zero && i - whole > 1);
  if (i < to && bytes[i] === dot) {
    const decimals = ++i;
    i = skipDigits(bytes, i, to);
    isWrong ||= i === decimals;
  }
  if (i < to && (bytes[i]! | 0x20) === 0x65) {
    i++;
    if (i < to && (bytes[i] === plus || bytes[i] === minus)) i++;
    const exponent = i;
    i = skipDigits(bytes, i, to);
    isWrong ||= i === exponent;
  }
  if (i === to) return incomplete;
  if (isWrong) throw new MalformedJson('a number is not written as JSON writes numbers', at);
  return i;
}

function skipDigits(bytes: Buffer, at: number, to: number): number {
  let i = at;
  let c = 0;
  while (i < to && (c = bytes[i]!) >= zero && c <= nine) i++;
  return i;
}

/** Scans a member's name, from its quote, and returns where its closing quote stands. */
export function scanName(bytes: Buffer, at: number, to: number): number {
  if (bytes[at] !== quote) throw new MalformedJson('the name of a member is expected', at);
  return scanString(bytes, at + 1, to);
}

/** Scans the colon between a member's name and its value, and returns where the value begins. */
export function skipColon(bytes: Buffer, at: number, to: number): number {
  let i = skipSpace(bytes, at, to);
  if (i === to) return incomplete;
  if (bytes[i] !== colon) throw new MalformedJson('a colon is expected', i);
  i = skipSpace(bytes, i + 1, to);
  return i === to ? incomplete : i;
}

/** The opening bytes of what is open. One for all: no scan is entered while another is under way. */
const open = new Uint8Array(nestingMax);

/**
 * Scans any value, however deep, and returns its end. Sets `valueIsSpaced`. `at` is the first byte of the value.
 */
export function skipValue(bytes: Buffer, at: number, to: number): number {
  let depth = 0;
  let i = at;
  let isSpaced = false;
  for (;;) {
    // At the beginning of a value.
    const c = bytes[i]!;
    if (c === braceOpen || c === bracketOpen) {
      if (depth === nestingMax)
        throw new MalformedJson(`more than ${nestingMax} values stand in each other`, i);
      open[depth++] = c;
      const next = skipSpace(bytes, i + 1, to);
      isSpaced ||= next !== i + 1;
      if (next === to) return incomplete;
      i = next;
      if (bytes[i] !== c + toClosing) {
        if (c === bracketOpen) continue;
        const nameEnd = scanName(bytes, i, to);
        if (nameEnd === incomplete) return incomplete;
        i = skipColon(bytes, nameEnd + 1, to);
        if (i === incomplete) return incomplete;
        isSpaced ||= i !== nameEnd + 2;
        continue;
      }
    } else if (c === quote) {
      const end = scanString(bytes, i + 1, to);
      if (end === incomplete) return incomplete;
      i = end + 1;
    } else {
      i = scanScalar(bytes, i, to);
      if (i === incomplete) return incomplete;
    }

    // Behind a value, or at the end of what is open.
    for (;;) {
      if (depth === 0) {
        valueIsSpaced = isSpaced;
        return i;
      }
      const next = skipSpace(bytes, i, to);
      isSpaced ||= next !== i;
      i = next;
      if (i === to) return incomplete;
      const opened = open[depth - 1]!;
      if (bytes[i] === opened + toClosing) {
        depth--;
        i++;
        continue;
      }
      if (bytes[i] !== comma) throw new MalformedJson('a comma or a closing bracket is expected', i);
      const after = skipSpace(bytes, i + 1, to);
      isSpaced ||= after !== i + 1;
      if (after === to) return incomplete;
      i = after;
      if (opened === bracketOpen) break;
      const nameEnd = scanName(bytes, i, to);
      if (nameEnd === incomplete) return incomplete;
      i = skipColon(bytes, nameEnd + 1, to);
      if (i === incomplete) return incomplete;
      isSpaced ||= i !== nameEnd + 2;
      break;
    }
  }
}
