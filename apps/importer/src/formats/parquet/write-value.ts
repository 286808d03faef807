import { SyncError } from '@tidetable/contracts';
import { isUtf8 } from 'node:buffer';
import type { TextBuffer } from '../text-buffer.js';
import type { ValueKind } from './column-kind.js';

/** A value as it is stored: not yet what it means. */
export type StoredValue = boolean | number | bigint | Uint8Array;

/** What could not be kept of the values. */
export interface ValueLosses {
  /** Times that were finer than PostgreSQL keeps them. */
  cutTimes: number;
}

const millisecondsPerDay = 86_400_000;

/** Writes a value as the text that PostgreSQL reads for its type, into the piece in `out`. */
export function writeValue(out: TextBuffer, value: StoredValue, kind: ValueKind, losses: ValueLosses): void {
  switch (kind.kind) {
    case 'boolean':
      out.appendAscii(value === true ? 'true' : 'false');
      return;
    case 'integer':
      out.appendAscii(String(kind.isUnsigned ? unsigned(value) : value));
      return;
    case 'number':
      out.appendAscii(numberText(Number(value)));
      return;
    case 'float':
      out.appendAscii(numberText(shortestFloat(Number(value))));
      return;
    case 'halfFloat':
      out.appendAscii(numberText(halfFloat(bytesOf(value))));
      return;
    case 'decimal':
      out.appendAscii(decimalText(unscaled(value), kind.scale));
      return;
    case 'day':
      out.appendAscii(dayText(Number(value)));
      return;
    case 'time':
      out.appendAscii(timeText(BigInt(value as number), BigInt(kind.unitsPerSecond), losses));
      return;
    case 'timestamp':
      out.appendAscii(
        timestampText(BigInt(value as number), BigInt(kind.unitsPerSecond), kind.isUtc, losses),
      );
      return;
    case 'uuid':
      out.appendAscii(uuidText(bytesOf(value)));
      return;
    case 'interval':
      out.appendAscii(intervalText(bytesOf(value)));
      return;
    case 'text':
      writeText(out, bytesOf(value));
      return;
    case 'bytes':
      writeBytes(out, bytesOf(value));
      return;
    case 'nested':
      throw new Error('a nested value is written as JSON');
  }
}

function bytesOf(value: StoredValue): Buffer {
  if (!(value instanceof Uint8Array))
    throw new Error('a value is stored in another way than the schema says');
  return Buffer.from(value.buffer, value.byteOffset, value.length);
}

function unsigned(value: StoredValue): bigint | number {
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  return Number(value) >>> 0;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** The double with the fewest digits that is this float: 0.1 rather than 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function halfFloat(bytes: Buffer): number {
  const bits = bytes.readUInt16LE(0);
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Big-endian, in two's complement, when it is bytes. */
function unscaled(value: StoredValue): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value);
  const digits = bytesOf(value).toString('hex');
  return digits === '' ? 0n : BigInt.asIntN(8 * value.length, BigInt(`0x${digits}`));
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Days since 1970. Years beyond four digits are written as ISO 8601 does, which makes a column text. */
function dayText(days: number): string {
  const date = new Date(days * millisecondsPerDay);
  return Number.isNaN(date.getTime()) ? String(days) : date.toISOString().split('T')[0]!;
}

function timestampText(value: bigint, units: bigint, isUtc: boolean, losses: ValueLosses): string {
  let seconds = value / units;
  if (seconds * units > value) seconds -= 1n;
  const date = new Date(Number(seconds) * 1_000);
  const zone = isUtc ? 'Z' : '';
  // Beyond what the calendar of JavaScript reaches there is no timestamp in PostgreSQL either.
  if (Number.isNaN(date.getTime())) return String(value);
  const [day, clock] = date.toISOString().split('T');
  return `${day} ${clock!.slice(0, 8)}${fractionText(value - seconds * units, units, losses)}${zone}`;
}

function timeText(value: bigint, units: bigint, losses: ValueLosses): string {
  const seconds = Number(value / units);
  const clock = [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
  return clock + fractionText(value % units, units, losses);
}

/** What is left of a second, in so many units a second. */
function fractionText(rest: bigint, units: bigint, losses: ValueLosses): string {
  if (rest === 0n) return '';
  const fraction = String(rest).padStart(String(units).length - 1, '0');
  if (/[1-9]/.test(fraction.slice(6))) losses.cutTimes++;
  const kept = fraction.slice(0, 6).replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Months, days and milliseconds as ISO 8601 writes them. */
function intervalText(bytes: Buffer): string {
  const milliseconds = bytes.readUInt32LE(8);
  return `P${bytes.readUInt32LE(0)}M${bytes.readUInt32LE(4)}DT${milliseconds / 1_000}S`;
}

function writeText(out: TextBuffer, bytes: Buffer): void {
  if (!isText(bytes)) throw new SyncError('text-encoding-invalid', 'it is a Parquet file');
  out.append(bytes, 0, bytes.length);
}

/** Bytes that are text are written as such, since some programs do not say that they are; others as PostgreSQL does. */
function writeBytes(out: TextBuffer, bytes: Buffer): void {
  if (isText(bytes)) out.append(bytes, 0, bytes.length);
  else out.appendAscii(`\\x${bytes.toString('hex')}`);
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}
