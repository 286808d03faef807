import type { TextBuffer } from './text-buffer.js';

const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Digits of a decimal that stand for themselves; workbooks write up to 17 to be sure. */
const shortDigitsMax = 15;

/**
 * Whether a number is written as it should be read: a whole one of any length, or a decimal of at most 15 digits, with
 * no zeros before or after it and no exponent.
 */
export function isPlainNumber(bytes: Buffer, start: number, end: number): boolean {
  let i = start;
  if (bytes[i] === minus) i++;
  const first = i;
  while (i < end && isDigit(bytes[i]!)) i++;
  const whole = i - first;
  if (whole === 0) return false;
  if (bytes[first] === zero && (whole > 1 || i === end)) return whole === 1 && first === start;
  if (i === end) return true;
  if (bytes[i] !== dot) return false;
  const point = i++;
  while (i < end && isDigit(bytes[i]!)) i++;
  return i === end && end - 1 > point && bytes[end - 1] !== zero && whole + end - 1 - point <= shortDigitsMax;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

/**
 * Writes a number in the fewest digits that stand for the same one: `1.1` for the `1.1000000000000001` of a workbook,
 * `5` for `5.0`, `0.00001` for `1E-5`. What is no number is written as it is.
 */
export function writePlainNumber(out: TextBuffer, bytes: Buffer, start: number, end: number): void {
  const text = bytes.toString('latin1', start, end);
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) out.append(bytes, start, end);
  else out.appendAscii(shortest(text, value));
}

const plainExponentMin = -20;

function shortest(text: string, value: number): string {
  // More digits than a double has are an identifier that some program wrote in full.
  const whole = /^\+?0*([1-9]\d*)(\.0*)?$/.exec(text)?.[1] ?? null;
  if (whole !== null) return whole;
  const written = String(value === 0 ? 0 : value);
  const exponent = /^(-?)(\d)(?:\.(\d+))?e(-\d+)$/.exec(written);
  if (exponent === null || Number(exponent[4]) < plainExponentMin) return written;
  return `${exponent[1]}0.${'0'.repeat(-Number(exponent[4]) - 1)}${exponent[2]}${exponent[3] ?? ''}`;
}
