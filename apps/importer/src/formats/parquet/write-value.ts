import { isUtf8 } from 'node:buffer';
import type { TextBuffer } from '../text-buffer.js';
import type { StoredType } from './schema-tree.js';
import type { ValueKind } from './value-kind.js';
import { type ValueLosses, writeDay, writeOldTimestamp, writeTime, writeTimestamp } from './write-time.js';

/** Writes a stored value, `bytes[start..end)`, as the text that PostgreSQL reads for its type. */
export type WriteValue = (
  out: TextBuffer,
  bytes: Buffer,
  start: number,
  end: number,
  losses: ValueLosses,
) => void;

/** How values of a kind are written. Those of a fixed length must have it. */
export function writerOf(kind: ValueKind): WriteValue {
  switch (kind.kind) {
    case 'decimal':
      return decimalWriter(kind.scale, kind.storedType);
    case 'timestamp':
      return (out, bytes, start, _end, losses) =>
        writeTimestamp(out, readLong(bytes, start), kind.unitsPerSecond, kind.isUtc, losses);
    case 'time':
      return (out, bytes, start, _end, losses) => {
        const value = kind.storedType === 'INT64' ? readLong(bytes, start) : bytes.readInt32LE(start);
        writeTime(out, value, kind.unitsPerSecond, losses);
      };
    default:
      return writers[kind.kind];
  }
}

type PlainKind = Exclude<ValueKind['kind'], 'decimal' | 'timestamp' | 'time'>;

const writers: Record<PlainKind, WriteValue> = {
  boolean: (out, bytes, start) => out.appendAscii(bytes[start] === 1 ? 'true' : 'false'),
  integer: (out, bytes, start) => writeInteger(out, bytes.readInt32LE(start)),
  unsignedInteger: (out, bytes, start) => writeInteger(out, bytes.readUInt32LE(start)),
  long: (out, bytes, start) => {
    const value = readLong(bytes, start);
    if (typeof value === 'number') writeInteger(out, value);
    else out.appendAscii(String(value));
  },
  unsignedLong: (out, bytes, start) => out.appendAscii(String(bytes.readBigUInt64LE(start))),
  double: (out, bytes, start) => writeNumber(out, bytes.readDoubleLE(start)),
  float: (out, bytes, start) => writeNumber(out, shortestFloat(bytes.readFloatLE(start))),
  halfFloat: (out, bytes, start) => writeNumber(out, halfFloat(bytes.readUInt16LE(start))),
  day: (out, bytes, start) => writeDay(out, bytes.readInt32LE(start)),
  oldTimestamp: (out, bytes, start, _end, losses) => writeOldTimestamp(out, bytes, start, losses),
  uuid: (out, bytes, start, end) => out.appendAscii(uuidText(bytes.toString('hex', start, end))),
  interval: (out, bytes, start) => out.appendAscii(intervalText(bytes, start)),
  text: (out, bytes, start, end) => out.append(bytes, start, end),
  bytes: writeBytes,
};

/** A number of 64 bits, exactly. */
function readLong(bytes: Buffer, start: number): number | bigint {
  const high = bytes.readInt32LE(start + 4);
  // Within 2^52, so that it is exact whichever sign it has.
  if (high >= -0x10_0000 && high < 0x10_0000) return high * 0x1_0000_0000 + bytes.readUInt32LE(start);
  return bytes.readBigInt64LE(start);
}

const zero = 0x30;
const digitsMax = 17;

/** Writes a whole number within 2^53, digit by digit, which is faster than by way of a string. */
function writeInteger(out: TextBuffer, value: number): void {
  out.reserve(digitsMax);
  const { bytes } = out;
  let rest = value;
  if (rest < 0) {
    bytes[out.length++] = 0x2d;
    rest = -rest;
  }
  let digits = 1;
  for (let bound = 10; bound <= rest; bound *= 10) digits++;
  let at = out.length + digits;
  out.length = at;
  while (rest > 0x7fff_ffff) {
    const quotient = Math.floor(rest / 10);
    bytes[--at] = zero + (rest - 10 * quotient);
    rest = quotient;
  }
  do {
    const quotient = (rest / 10) | 0;
    bytes[--at] = zero + (rest - 10 * quotient);
    rest = quotient;
  } while (rest > 0);
}

/** Most doubles have at most so many decimals. */
const decimals = 6;
const decimalFactor = 1e6;
/** Below, a number has no more than fifteen digits with these decimals, so that they stand for one double alone. */
const shortMax = 1e9;

/** Writes a double in the fewest digits that stand for it. */
function writeNumber(out: TextBuffer, value: number): void {
  if (value > -shortMax && value < shortMax) {
    const scaled = Math.round(value * decimalFactor);
    if (scaled / decimalFactor === value) {
      writeScaled(out, scaled);
      return;
    }
  }
  out.appendAscii(String(value));
}

/** Writes so many millionths. */
function writeScaled(out: TextBuffer, scaled: number): void {
  const rest = Math.abs(scaled);
  const whole = Math.floor(rest / decimalFactor);
  let fraction = rest - whole * decimalFactor;
  if (scaled < 0) {
    out.reserve(1);
    out.bytes[out.length++] = 0x2d;
  }
  writeInteger(out, whole);
  if (fraction === 0) return;
  let digits = decimals;
  for (; fraction % 10 === 0; fraction /= 10) digits--;
  out.reserve(1 + digits);
  out.bytes[out.length++] = 0x2e;
  out.length += digits;
  for (let at = out.length - 1; digits > 0; digits--, at--) {
    const quotient = (fraction / 10) | 0;
    out.bytes[at] = zero + (fraction - 10 * quotient);
    fraction = quotient;
  }
}

/** The double with the fewest digits that is this float: 0.1 rather than 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function halfFloat(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** PostgreSQL keeps so many digits of a number; what has more bytes is none. */
const decimalBytesMax = 8_192;

function decimalWriter(scale: number, storedType: StoredType): WriteValue {
  return (out, bytes, start, end) => {
    const value =
      storedType === 'INT32'
        ? BigInt(bytes.readInt32LE(start))
        : storedType === 'INT64'
          ? bytes.readBigInt64LE(start)
          : unscaled(bytes, start, end);
    out.appendAscii(decimalText(value, scale));
  };
}

/** Big-endian, in two's complement. */
function unscaled(bytes: Buffer, start: number, end: number): bigint {
  if (end - start > decimalBytesMax) throw new RangeError('a decimal has too many digits');
  const digits = bytes.toString('hex', start, end);
  return digits === '' ? 0n : BigInt.asIntN(4 * digits.length, BigInt(`0x${digits}`));
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function uuidText(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Months, days and milliseconds as ISO 8601 writes them. */
function intervalText(bytes: Buffer, start: number): string {
  const seconds = bytes.readUInt32LE(start + 8) / 1_000;
  return `P${bytes.readUInt32LE(start)}M${bytes.readUInt32LE(start + 4)}DT${seconds}S`;
}

/** Bytes that are text are written as such, since some programs do not say that they are; others as PostgreSQL does. */
function writeBytes(out: TextBuffer, bytes: Buffer, start: number, end: number): void {
  const value = bytes.subarray(start, end);
  if (isUtf8(value) && !value.includes(0)) out.append(bytes, start, end);
  else {
    out.appendAscii('\\x');
    out.appendAscii(bytes.toString('hex', start, end));
  }
}
