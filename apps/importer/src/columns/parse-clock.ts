const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const space = 0x20;
const microsecondsPerSecond = 1_000_000;

/**
 * Reads a time of day as microseconds since midnight, NaN when it is none: hours of two digits, minutes, possibly
 * seconds, and of those up to six decimals. With seconds or `AM` or `PM`, which count to twelve, the hour may have one digit.
 * 24:00 is none.
 */
export function parseClock(bytes: Buffer, start: number, end: number): number {
  const half = readHalf(bytes, start, end);
  const clockEnd = half === null ? end : half.end;
  let i = start;
  while (i < clockEnd && isDigit(bytes[i]!)) i++;
  const hourDigits = i - start;
  if (hourDigits < 1 || hourDigits > 2 || clockEnd - i < 3 || bytes[i] !== colon) return NaN;
  let hour = hourDigits === 2 ? pair(bytes, start) : bytes[start]! - zero;
  const minute = pair(bytes, i + 1);
  i += 3;
  let micros = 0;
  if (i < clockEnd) {
    micros = parseSeconds(bytes, i, clockEnd);
  } else if (hourDigits === 1 && half === null) return NaN;
  if (half !== null) {
    if (hour < 1 || hour > 12) return NaN;
    hour = (hour % 12) + half.hours;
  }
  if (!(hour <= 23 && minute <= 59)) return NaN;
  return (hour * 3600 + minute * 60) * microsecondsPerSecond + micros;
}

/** Reads `:ss` and decimals as microseconds. What is finer is lost by no value: it is none then. */
function parseSeconds(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3 || bytes[start] !== colon) return NaN;
  const second = pair(bytes, start + 1);
  if (!(second <= 59)) return NaN;
  let micros = second * microsecondsPerSecond;
  if (end - start === 3) return micros;
  if (bytes[start + 3] !== 0x2e || end - start === 4) return NaN;
  let unit = microsecondsPerSecond / 10;
  for (let i = start + 4; i < end; i++) {
    if (!isDigit(bytes[i]!) || (unit < 1 && bytes[i] !== zero)) return NaN;
    micros += (bytes[i]! - zero) * Math.max(unit, 0);
    unit = Math.floor(unit / 10);
  }
  return micros;
}

/** `AM` or `PM` at the end: the hours it adds, and where the clock ends before it. */
function readHalf(bytes: Buffer, start: number, end: number): { hours: number; end: number } | null {
  if (end - start < 5 || (bytes[end - 1]! | 0x20) !== 0x6d) return null;
  const letter = bytes[end - 2]! | 0x20;
  if (letter !== 0x61 && letter !== 0x70) return null;
  const clockEnd = bytes[end - 3] === space ? end - 3 : end - 2;
  return { hours: letter === 0x70 ? 12 : 0, end: clockEnd };
}

/** Two digits as a number, NaN when they are none. */
function pair(bytes: Buffer, at: number): number {
  const tens = bytes[at]!;
  const ones = bytes[at + 1]!;
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + ones - zero : NaN;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}
