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

/**
 * Reads a decimal number with a point, an exponent or both out of text, exactly as the nearest double; NaN when
 * it is none. Whole numbers are not read here. Rules on leading zeros and signs as for whole numbers.
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
  if (i < end && !isExponent(bytes, i, end)) return NaN;
  const value = Number(bytes.toString('latin1', start, end));
  // Too large for a double, or so small that nothing would be left of it.
  return Number.isFinite(value) && (value !== 0 || mantissa === 0) ? value : NaN;
}

function isExponent(bytes: Buffer, start: number, end: number): boolean {
  let i = start;
  if ((bytes[i]! | 0x20) !== 0x65) return false;
  i++;
  if (bytes[i] === minus || bytes[i] === 0x2b) i++;
  if (i >= end || end - i > 4) return false;
  for (; i < end; i++) if (bytes[i]! < zero || bytes[i]! > nine) return false;
  return true;
}
