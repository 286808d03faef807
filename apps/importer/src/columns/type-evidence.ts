import { classifiedCurrency, classifiedMarks, classifyValue } from './classify-value.js';
import { anyType, mark } from './column-type.js';
import { isEmptyWord } from './empty-word.js';

const space = 0x20;
const tab = 0x09;

/** What is known of each column's type: which readings its values left possible, and what was met among them. */
export interface TypeEvidence {
  /** Bits of `typeBit` by column. */
  readonly possible: Uint32Array;
  /** Bits of `mark` by column. */
  readonly seen: Uint32Array;
  /** The currency of each column, numbered from 1; 0 where none was met. */
  readonly currency: Uint8Array;
  /** What counts of it, as bits of `mark`: some things that are met are of no weight where the format tells numbers. */
  readonly marks: number;
}

const allMarks = -1;
/** Ids can look like these numbers, but not where what is written as a number is one. */
export const marksOfToldNumbers = ~(mark.bareExponent | mark.beyondBigint);

/** No evidence yet for `columns` columns. */
export function noEvidence(columns: number, marks = allMarks): TypeEvidence {
  return {
    possible: new Uint32Array(columns).fill(anyType),
    seen: new Uint32Array(columns),
    currency: new Uint8Array(columns),
    marks,
  };
}

/** Narrows the evidence on one column by one value; empty values and words for nothing say nothing. */
export function observeValue(
  evidence: TypeEvidence,
  column: number,
  bytes: Buffer,
  start: number,
  end: number,
  isText: boolean,
): void {
  while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
  while (end > start && (bytes[end - 1] === space || bytes[end - 1] === tab)) end--;
  if (start === end) return;
  const { possible, seen, currency } = evidence;
  const readings = isText ? 0 : classifyValue(bytes, start, end);
  if (readings === 0) {
    if (isText || !isEmptyWord(bytes, start, end)) possible[column] = 0;
    return;
  }
  possible[column]! &= readings;
  seen[column]! |= classifiedMarks & evidence.marks;
  if (classifiedCurrency === 0) return;
  if (currency[column] === 0) currency[column] = classifiedCurrency;
  else if (currency[column] !== classifiedCurrency) seen[column]! |= mark.mixedCurrencies;
}
