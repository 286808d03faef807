const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;

/** Powers of ten that are tried: most numbers have few decimals. */
const powers = [1, 1e2, 1e4, 1e6];
/** Below, a decimal and the double next to it tell each other. */
const mantissaMax = 1e15;

/**
 * Writes a double that has at most six decimals as `String` does, from the end of `out`, and returns where it begins; -1 for
 * any other.
 */
export function writeDouble(out: Buffer, value: number): number {
  const size = value < 0 ? -value : value;
  for (let n = 0; n < powers.length; n++) {
    const power = powers[n]!;
    const mantissa = Math.round(size * power);
    if (mantissa < mantissaMax && mantissa / power === size) {
      const at = writeDecimal(out, mantissa, 2 * n);
      if (value >= 0) return at;
      out[at - 1] = minus;
      return at - 1;
    }
  }
  return -1;
}

/** Writes a number whose last digits, so many of them, stand behind the point, without zeros at its end. */
function writeDecimal(out: Buffer, mantissa: number, decimals: number): number {
  let rest = mantissa;
  let behind = decimals;
  while (behind > 0 && rest % 10 === 0) {
    rest /= 10;
    behind--;
  }
  let at = out.length;
  for (let n = 0; n <= behind || rest > 0; n++) {
    if (n === behind && n > 0) out[--at] = dot;
    const tenth = Math.floor(rest / 10);
    out[--at] = zero + (rest - tenth * 10);
    rest = tenth;
  }
  return at;
}
