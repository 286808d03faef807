import type { DeclaredType } from '../formats/declared-type.js';
import type { RowSink } from '../formats/row-sink.js';
import { typeBit } from './column-type.js';
import { decideReading } from './decide-reading.js';
import { EvidenceJournal } from './evidence-journal.js';
import { knownMarks, knownNotation, knownPossible, type KnownType } from './known-type.js';
import { marksOfToldNumbers, noEvidence, type TypeEvidence } from './type-evidence.js';

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
  /** Columns whose quoted values are read like others all the same, 1 for yes. */
  readsQuoted?: Uint8Array;
  /** On: what is not quoted and looks like a number is one, since the format says so. */
  numbersAreTold?: boolean;
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
  private overlong = false;
  private readonly journal: EvidenceJournal;

  constructor(
    private readonly columns: number,
    private readonly options: GuessingOptions,
    declared: readonly (DeclaredType | null)[] = [],
    private readonly known: readonly (KnownType | null)[] = [],
  ) {
    this.evidence = noEvidence(columns, options.numbersAreTold === true ? marksOfToldNumbers : undefined);
    this.journal = new EvidenceJournal(this.evidence);
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
    if (column >= this.columns) {
      if (end > start) this.overlong = true;
      return;
    }
    if (this.evidence.possible[column] === 0) return;
    this.journal.observe(column, bytes, start, end, quoted && this.isQuotedText(column));
  }

  /** A row with more fields than there are columns is none of the table's. */
  endRow(line: number): void {
    if (this.overlong) {
      this.abandonRow();
      return;
    }
    this.column = 0;
    this.journal.keepRow()?.forEach((column) => this.compareKnown(column, line));
  }

  abandonRow(): void {
    this.column = 0;
    this.overlong = false;
    this.journal.forgetRow();
  }

  rejectRow(): void {
    this.abandonRow();
  }

  private isQuotedText(column: number): boolean {
    return !this.options.quotedFieldsGuessing && this.options.readsQuoted?.[column] !== 1;
  }

  private compareKnown(column: number, line: number): void {
    const known = this.known[column];
    if (known == null) return;
    const { possible, seen } = this.evidence;
    if (decideReading(possible[column]!, seen[column]!).type !== known.type) this.leftLines[column] ||= line;
  }
}
