import type { DeclaredType } from '../formats/declared-type.js';
import type { RowSink } from '../formats/row-sink.js';
import { classifiedCurrency, classifiedMarks, classifyValue } from './classify-value.js';
import { anyType, mark, typeBit } from './column-type.js';
import { decideReading } from './decide-reading.js';
import { isEmptyWord } from './empty-word.js';
import { knownMarks, knownNotation, knownPossible, type KnownType } from './known-type.js';

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
const marksOfToldNumbers = ~(mark.bareExponent | mark.beyondBigint);

/** No evidence yet for `columns` columns. */
export function noEvidence(columns: number, marks = allMarks): TypeEvidence {
  return {
    possible: new Uint32Array(columns).fill(anyType),
    seen: new Uint32Array(columns),
    currency: new Uint8Array(columns),
    marks,
  };
}

/** What a declared type leaves possible before any value is seen. */
const declaredPossible: Record<DeclaredType, number> = {
  boolean: typeBit.trueFalse,
  integer: typeBit.integer | typeBit.bigint | typeBit.double | typeBit.numeric,
  bigint: typeBit.bigint | typeBit.numeric,
  'double precision': typeBit.double | typeBit.numeric,
  numeric: typeBit.numeric,
  date: typeBit.date,
  'timestamp without time zone': typeBit.timestamp,
  'timestamp with time zone': typeBit.timestamptz,
  'time without time zone': typeBit.time,
  text: 0,
};

/** How the customer wants types to be found. */
export interface GuessingOptions {
  /** Off: every column is text. */
  typeGuessing: boolean;
  /** Off: a quoted value is text. */
  quotedFieldsGuessing: boolean;
  /** On: what is not quoted and looks like a number is one, since the format says so. */
  numbersAreTold?: boolean;
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

/**
 * Collects evidence from the rows it is given. A declared type holds whether types are guessed or not, as long as
 * the values fit it. A type that is known from the last refresh is kept as long as they do, and widened otherwise.
 */
export class TypeSampler implements RowSink {
  readonly evidence: TypeEvidence;
  /** The line of the first value that a known type of its column had to give way to; 0 where none did. */
  readonly leftLines: Uint32Array;
  private column = 0;
  /** What the evidence was before the row that is not complete yet. */
  private changes: { column: number; possible: number; seen: number; currency: number }[] = [];

  constructor(
    private readonly columns: number,
    private readonly options: GuessingOptions,
    declared: readonly (DeclaredType | null)[] = [],
    private readonly known: readonly (KnownType | null)[] = [],
  ) {
    this.evidence = noEvidence(columns, options.numbersAreTold === true ? marksOfToldNumbers : allMarks);
    this.leftLines = new Uint32Array(columns);
    const { possible, seen } = this.evidence;
    if (!options.typeGuessing) possible.fill(0);
    declared.forEach((type, column) => {
      if (type === null) return;
      possible[column] = declaredPossible[type];
      seen[column] = knownMarks[type];
    });
    known.forEach((column, index) => {
      if (column === null) return;
      possible[index]! &= knownPossible[column.type];
      seen[index]! |= knownMarks[column.type] | knownNotation(column);
    });
  }

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const column = this.column++;
    const { possible, seen, currency } = this.evidence;
    if (column >= this.columns || possible[column] === 0) return;
    const before = { column, possible: possible[column]!, seen: seen[column]!, currency: currency[column]! };
    observeValue(this.evidence, column, bytes, start, end, quoted && !this.options.quotedFieldsGuessing);
    if (possible[column] !== before.possible || seen[column] !== before.seen) this.changes.push(before);
  }

  endRow(line: number): void {
    this.column = 0;
    if (this.changes.length === 0) return;
    for (const { column } of this.changes) this.compareKnown(column, line);
    this.changes = [];
  }

  /** The row will be read again with its line, so it has told nothing yet. */
  abandonRow(): void {
    this.column = 0;
    for (const { column, possible, seen, currency } of this.changes) {
      this.evidence.possible[column] = possible;
      this.evidence.seen[column] = seen;
      this.evidence.currency[column] = currency;
    }
    this.changes = [];
  }

  private compareKnown(column: number, line: number): void {
    const known = this.known[column];
    if (known == null) return;
    const { possible, seen } = this.evidence;
    if (decideReading(possible[column]!, seen[column]!).type !== known.type) this.leftLines[column] ||= line;
  }

  /** Has no say in the types. */
  rejectRow(): void {
    this.column = 0;
  }
}
