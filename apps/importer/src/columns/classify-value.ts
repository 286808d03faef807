import { typeBit } from './column-type.js';
import { parseDecimal, parseLongInteger, parseShortInteger } from './parse-number.js';
import { parseDate, parseTimestamp, timestampHasZone } from './parse-time.js';

/** Whole numbers up to here are exact as doubles. */
const doubleIntegerMax = 2 ** 53;
const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);

/** The longest text that can be anything but text. */
export const typedLengthMax = 40;

/** Which word of its pair the last boolean was: 1 for yes, 2 for no. */
export let classifiedWord = 0;

const booleanWords = new Map<string, { bit: number; word: number }>([
  ['true', { bit: typeBit.trueFalse, word: 1 }],
  ['false', { bit: typeBit.trueFalse, word: 2 }],
  ['t', { bit: typeBit.tf, word: 1 }],
  ['f', { bit: typeBit.tf, word: 2 }],
  ['yes', { bit: typeBit.yesNo, word: 1 }],
  ['no', { bit: typeBit.yesNo, word: 2 }],
  ['y', { bit: typeBit.yn, word: 1 }],
  ['n', { bit: typeBit.yn, word: 2 }],
  ['on', { bit: typeBit.onOff, word: 1 }],
  ['off', { bit: typeBit.onOff, word: 2 }],
]);

/**
 * The types that a value, not empty and without surrounding blanks, fits, as bits of `typeBit`; 0 leaves text.
 * Sets `classifiedWord` for a boolean.
 */
export function classifyValue(bytes: Buffer, start: number, end: number): number {
  classifiedWord = 0;
  if (end - start > typedLengthMax) return 0;
  const first = bytes[start]!;
  const isNumeric = (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2e;
  return isNumeric ? classifyNumberOrTime(bytes, start, end) : classifyWord(bytes, start, end);
}

function classifyNumberOrTime(bytes: Buffer, start: number, end: number): number {
  const short = parseShortInteger(bytes, start, end);
  if (!Number.isNaN(short)) {
    return short >= int32Min && short <= int32Max
      ? typeBit.integer | typeBit.bigint | typeBit.double
      : typeBit.bigint | typeBit.double;
  }
  const long = parseLongInteger(bytes, start, end);
  if (long !== null) {
    const exact = long >= -doubleIntegerMax && long <= doubleIntegerMax;
    return exact ? typeBit.bigint | typeBit.double : typeBit.bigint;
  }
  if (!Number.isNaN(parseDecimal(bytes, start, end))) return typeBit.double;
  if (!Number.isNaN(parseDate(bytes, start, end))) return typeBit.date | typeBit.timestamp;
  if (!Number.isNaN(parseTimestamp(bytes, start, end))) {
    return timestampHasZone ? typeBit.timestamptz : typeBit.timestamp;
  }
  return 0;
}

function classifyWord(bytes: Buffer, start: number, end: number): number {
  if (end - start > 5) return 0;
  const word = booleanWords.get(bytes.toString('latin1', start, end).toLowerCase());
  if (word === undefined) return 0;
  classifiedWord = word.word;
  return word.bit;
}
