const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** So many digits a double always gives back. */
const safeDigits = 15;
/** With so many more, both halves of a number are exact as doubles. */
const restDigitsMax = 15;
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Splits a double into halves whose products are exact. */
const splitter = 2 ** 27 + 1;
/** Of a number, what is surely not more than half the way to the next double. */
const halfStep = 2 ** -54;

/**
 * Writes a decimal such as `1.50`, or the `1047.290000000000020` that programs make of 1047.29, in the fewest digits that
 * stand for the same double, where these are at most 15. Returns where it ends in `out`, which it begins, and has
 * to have room for as many bytes as it had; 0 where that is not so, or cannot be told quickly.
 */
export function shortenDecimal(bytes: Buffer, start: number, end: number, out: Buffer): number {
  let i = start;
  if (bytes[i] === minus) i++;
  let hi = 0;
  let lo = 0;
  let digits = 0;
  let rest = 0;
  let point = -1;
  let cut = end;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === dot && point === -1) {
      point = i;
      continue;
    }
    if (byte < zero || byte > nine) return 0;
    if (digits < safeDigits) {
      hi = hi * 10 + (byte - zero);
      if (hi > 0) digits++;
    } else {
      if (rest === 0) cut = i;
      lo = lo * 10 + (byte - zero);
      rest++;
    }
  }
  const decimals = cut - point - 1;
  if (point === -1 || point >= cut || rest > restDigitsMax || decimals > 22 || hi === 0) return 0;
  const first = bytes[start] === minus ? start + 1 : start;
  if (point === first || (bytes[first] === zero && point > first + 1)) return 0;
  if (rest === 0) return writeShort(bytes, start, cut, false, out);
  let remainder = lo / powersOfTen[rest]!;
  const isUp = remainder >= 0.5;
  if (isUp) {
    hi++;
    remainder -= 1;
  }
  if (!isNearest(hi, remainder, powersOfTen[decimals]!)) return 0;
  return writeShort(bytes, start, cut, isUp, out);
}

/** Whether the double next to `hi / power` is also the one next to `(hi + remainder) / power`. */
function isNearest(hi: number, remainder: number, power: number): boolean {
  const quotient = hi / power;
  // What is missing of the quotient's product with the power, exactly.
  const product = quotient * power;
  const quotientHigh = splitter * quotient - (splitter * quotient - quotient);
  const quotientLow = quotient - quotientHigh;
  const powerHigh = splitter * power - (splitter * power - power);
  const powerLow = power - powerHigh;
  const productLow =
    quotientLow * powerLow -
    (product - quotientHigh * powerHigh - quotientLow * powerHigh - quotientHigh * powerLow);
  const distance = hi - product - productLow + remainder;
  return Math.abs(distance) < 0.999 * product * halfStep;
}

/** Copies the digits up to `cut`, the last one of them raised where `isUp`, without zeros at the end. */
function writeShort(bytes: Buffer, start: number, cut: number, isUp: boolean, out: Buffer): number {
  let end = 0;
  for (let i = start; i < cut; i++) out[end++] = bytes[i]!;
  if (isUp) {
    let at = end - 1;
    while (at >= 0 && (out[at] === nine || out[at] === dot)) {
      if (out[at] === nine) out[at] = zero;
      at--;
    }
    if (at < 0 || out[at] === minus) return 0;
    out[at]!++;
  }
  while (out[end - 1] === zero) end--;
  return out[end - 1] === dot ? end - 1 : end;
}
