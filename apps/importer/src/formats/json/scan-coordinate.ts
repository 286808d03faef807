import { incomplete } from './scan-json.js';

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const dot = 0x2e;

/** What a scan returns where the bytes are not what it scans. */
export const unusable = -2;

/** Digits of which a number is always exact. */
const exactDigitsMax = 15;
/** Powers of ten that a double holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Scans a number into `into[index]`, as the nearest double, and returns its end; `incomplete` when the bytes end in it,
 * `unusable` when there is none. Does not mind leading zeros.
 */
export function scanCoordinate(
  bytes: Buffer,
  at: number,
  to: number,
  into: Float64Array,
  index: number,
): number {
  let i = at;
  const isNegative = bytes[i] === minus;
  if (isNegative) i++;
  const whole = i;
  let mantissa = 0;
  let c = 0;
  while (i < to && (c = bytes[i]!) >= zero && c <= nine) {
    mantissa = mantissa * 10 + (c - zero);
    i++;
  }
  let digits = i - whole;
  let decimals = 0;
  if (i < to && c === dot) {
    const first = ++i;
    while (i < to && (c = bytes[i]!) >= zero && c <= nine) {
      mantissa = mantissa * 10 + (c - zero);
      i++;
    }
    decimals = i - first;
    if (i < to && decimals === 0) return unusable;
    digits += decimals;
  }
  if (i === to) return incomplete;
  if (digits === decimals) return unusable;
  if ((c | 0x20) === 0x65 || digits > exactDigitsMax) return scanLongNumber(bytes, at, i, to, into, index);
  // Both operands are exact, so their quotient is the nearest double.
  const value = mantissa / powersOfTen[decimals]!;
  into[index] = isNegative ? -value : value;
  return i;
}

/** The same for a number with more digits than a double holds, or with an exponent; its digits end at `digitsEnd`. */
function scanLongNumber(
  bytes: Buffer,
  at: number,
  digitsEnd: number,
  to: number,
  into: Float64Array,
  index: number,
): number {
  let i = digitsEnd;
  if ((bytes[i]! | 0x20) === 0x65) {
    i++;
    if (i < to && (bytes[i] === minus || bytes[i] === 0x2b)) i++;
    const exponent = i;
    while (i < to && bytes[i]! >= zero && bytes[i]! <= nine) i++;
    if (i === to) return incomplete;
    if (i === exponent) return unusable;
  }
  into[index] = Number(bytes.toString('latin1', at, i));
  return i;
}
