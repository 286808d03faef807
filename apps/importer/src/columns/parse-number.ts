const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const dot = 0x2e;

/** Powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Digits of a number that a double always holds. */
const safeDigitsMax = 15;

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/**
 * Reads a whole number of at most 15 digits out of text, or NaN when it is none.
 * Leading zeros, a leading plus and a negative zero make it text: they would be lost (`007`, `+34…`).
 */
export function parseShortInteger(bytes: Buffer, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === minus;
  if (negative) i++;
  const digits = end - i;
  if (digits < 1 || digits > safeDigitsMax) return NaN;
  const first = bytes[i]!;
  if (first === zero && (digits > 1 || negative)) return NaN;
  let value = 0;
  for (; i < end; i++) {
    const c = bytes[i]!;
    if (c < zero || c > nine) return NaN;
    value = value * 10 + (c - zero);
  }
  return negative ? -value : value;
}

/** Reads a whole number of more than 15 digits that fits 64 bits, or `null`. */
export function parseLongInteger(bytes: Buffer, start: number, end: number): bigint | null {
  if (end - start <= safeDigitsMax || end - start > 20) return null;
  const text = bytes.toString('latin1', start, end);
  if (!/^-?[1-9]\d*$/.test(text)) return null;
  const value = BigInt(text);
  return value >= int64Min && value <= int64Max ? value : null;
}

/** Numbers of so many digits are exact as they stand and as doubles. */
const safeMantissaMax = 1e15;

/**
 * Reads a decimal number with a point, an exponent or both out of text as the double that gives it back digit for
 * digit; NaN when it is none or no double does. Whole numbers are not read here. Rules on leading zeros and signs as
 * for whole numbers.
 */
export function parseDecimal(bytes: Buffer, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === minus;
  if (negative) i++;
  const wholeStart = i;
  let mantissa = 0;
  let digits = 0;
  let c = 0;
  while (i < end && (c = bytes[i]!) >= zero && c <= nine) {
    mantissa = mantissa * 10 + (c - zero);
    digits++;
    i++;
  }
  if (digits > 1 && bytes[wholeStart] === zero) return NaN;
  // A negative zero is no whole number, since its sign would be lost.
  if (i === end) return negative && digits === 1 && mantissa === 0 ? -0 : NaN;
  let decimals = 0;
  if (c === dot) {
    i++;
    while (i < end && (c = bytes[i]!) >= zero && c <= nine) {
      mantissa = mantissa * 10 + (c - zero);
      decimals++;
      i++;
    }
    if (decimals === 0) return NaN;
  } else if (digits === 0) return NaN;

  if (i === end && digits + decimals <= safeDigitsMax) {
    // Both operands are exact, so their quotient is the nearest double.
    const value = mantissa / powersOfTen[decimals]!;
    return negative ? -value : value;
  }
  if (i < end && !isExponent(bytes, i, end, decimals > 0)) return NaN;
  const text = bytes.toString('latin1', start, end);
  const value = Number(text);
  const isSafe = i === end && mantissa < safeMantissaMax;
  return isSafe || givesBack(text, value) ? value : NaN;
}

/**
 * Whether text is a number that `numeric` holds digit for digit: whole or decimal, of any length. Rules as above; a
 * negative zero is none, since its sign would be lost.
 */
export function isNumeric(bytes: Buffer, start: number, end: number): boolean {
  const match = /^-?(?:0|[1-9]\d*|(?=\.\d))(\.\d+)?(?:e([+-]?\d{1,3}))?$/i.exec(
    bytes.toString('latin1', start, end),
  );
  if (match === null) return false;
  const [text, fraction, exponent] = match;
  if (exponent !== undefined && fraction === undefined && /^\d/.test(exponent)) return false;
  return !text.startsWith('-') || /[1-9]/.test(text.replace(/e.*$/i, ''));
}

/**
 * An exponent at the end of a number. After a whole number its sign must be written, as programs do: `1E5` is far
 * more likely a code.
 */
function isExponent(bytes: Buffer, start: number, end: number, hasFraction: boolean): boolean {
  let i = start;
  if ((bytes[i]! | 0x20) !== 0x65) return false;
  i++;
  if (bytes[i] === minus || bytes[i] === 0x2b) i++;
  else if (!hasFraction) return false;
  if (i >= end || end - i > 4) return false;
  for (; i < end; i++) if (bytes[i]! < zero || bytes[i]! > nine) return false;
  return true;
}

/** Whether a double, written as briefly as it can be told from others, has the digits of the text it was read from. */
function givesBack(text: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return significantDigits(text) === significantDigits(String(value));
}

/** The digits of a decimal number from the first to the last that is not zero, and where they stand. */
function significantDigits(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return '';
  const lastPlace = all.replace(/0+$/, '').length - whole.length - Number(exponent);
  return `${digits}e${-lastPlace}`;
}
