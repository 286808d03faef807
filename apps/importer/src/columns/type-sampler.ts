import type { DeclaredType } from '../formats/declared-type.js';
import type { RowSink } from '../formats/row-sink.js';
import { classifiedWord, classifyValue } from './classify-value.js';
import { anyType, typeBit } from './column-type.js';

const space = 0x20;
const tab = 0x09;

/** What is known of each column's type: which types its values left possible. */
export interface TypeEvidence {
  /** Bits of `typeBit` by column. */
  readonly possible: Uint16Array;
  /** Words of boolean pairs by column, see `decideType`. */
  readonly wordsSeen: Uint8Array;
}

/** No evidence yet for `columns` columns. */
export function noEvidence(columns: number): TypeEvidence {
  return { possible: new Uint16Array(columns).fill(anyType), wordsSeen: new Uint8Array(columns) };
}

/** What a declared type leaves possible before any value is seen. */
const declaredPossible: Record<DeclaredType, number> = {
  boolean: typeBit.trueFalse,
  integer: typeBit.integer | typeBit.bigint | typeBit.double,
  bigint: typeBit.bigint,
  'double precision': typeBit.double,
  date: typeBit.date,
  'timestamp without time zone': typeBit.timestamp,
  'timestamp with time zone': typeBit.timestamptz,
  text: 0,
};

/** How the customer wants types to be found. */
export interface GuessingOptions {
  /** Off: every column is text. */
  typeGuessing: boolean;
  /** Off: a quoted value is text. */
  quotedFieldsGuessing: boolean;
}

/** Narrows the evidence on one column by one value; empty values say nothing. */
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
  evidence.possible[column]! &= isText ? 0 : classifyValue(bytes, start, end);
  evidence.wordsSeen[column]! |= classifiedWord;
}

/**
 * Collects evidence from the rows it is given. A declared type holds whether types are guessed or not, as long as
 * the values fit it.
 */
export class TypeSampler implements RowSink {
  readonly evidence: TypeEvidence;
  private column = 0;

  constructor(
    private readonly columns: number,
    private readonly options: GuessingOptions,
    declared: readonly (DeclaredType | null)[] = [],
  ) {
    this.evidence = noEvidence(columns);
    if (!options.typeGuessing) this.evidence.possible.fill(0);
    declared.forEach((type, column) => {
      if (type !== null) this.evidence.possible[column] = declaredPossible[type];
    });
  }

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const column = this.column++;
    if (column >= this.columns || this.evidence.possible[column] === 0) return;
    observeValue(this.evidence, column, bytes, start, end, quoted && !this.options.quotedFieldsGuessing);
  }

  endRow(): void {
    this.column = 0;
  }

  abandonRow(): void {
    this.column = 0;
  }
}
