import type { RowSink } from '../row-sink.js';
import type { TextBuffer } from '../text-buffer.js';
import type { DbfField } from './read-dbf-header.js';

/** The day that dBASE and FoxPro count 2440588, since 4713 BC, is 1970-01-01. */
const dayOf1970 = 2_440_588;
const millisecondsPerDay = 86_400_000;
const currencyDigits = 4;

/** Feeds a value that is not text: little-endian, as FoxPro writes them. A day 0, and no number, is nothing. */
export function feedBinary(
  { type }: DbfField,
  bytes: Buffer,
  at: number,
  out: TextBuffer,
  sink: RowSink,
): void {
  out.clear();
  out.appendAscii(textOf(type, bytes, at));
  sink.field(out.bytes, 0, out.length, false);
}

function textOf(type: string, bytes: Buffer, at: number): string {
  switch (type) {
    case 'I':
    case '+':
      return String(bytes.readInt32LE(at));
    case 'Y':
      return currencyText(bytes.readBigInt64LE(at));
    case 'T':
    case '@':
      return timeText(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
    default: {
      const number = bytes.readDoubleLE(at);
      return Number.isNaN(number) ? '' : String(number);
    }
  }
}

function currencyText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(currencyDigits + 1, '0');
  const text = `${digits.slice(0, -currencyDigits)}.${digits.slice(-currencyDigits)}`;
  return units < 0n ? `-${text}` : text;
}

function timeText(day: number, milliseconds: number): string {
  if (day === 0) return '';
  const time = new Date((day - dayOf1970) * millisecondsPerDay + milliseconds);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, -1);
}
