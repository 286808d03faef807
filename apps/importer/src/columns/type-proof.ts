import { commaShift, type ColumnType, mark, type Notation, type Reading, typeBit } from './column-type.js';
import { decideReading } from './decide-reading.js';
import { EvidenceJournal } from './evidence-journal.js';
import { knownPossible } from './known-type.js';
import type { TypeEvidence } from './type-evidence.js';

const anyDouble = typeBit.double | (typeBit.double << commaShift);

/** What each type may be narrowed to without that a value stops fitting it. */
const narrower: Partial<Record<ColumnType, readonly ColumnType[]>> = {
  bigint: ['integer'],
  'double precision': ['integer', 'bigint'],
  numeric: ['integer', 'bigint', 'double precision'],
  'timestamp without time zone': ['date'],
};

/** The readings that every value leaves possible which fits a type as programs write it. */
const impliedPlain: Record<ColumnType, number> = {
  ...knownPossible,
  // What has a fraction has it after a point.
  'double precision': typeBit.double | typeBit.numeric,
  numeric: typeBit.numeric,
  date: typeBit.date | typeBit.timestamp,
  'timestamp without time zone': typeBit.timestamp,
};

const impliedNotations: Partial<Record<Notation, number>> = {
  'day-first': typeBit.dayFirstDate | typeBit.dayFirstTimestamp,
  'month-first': typeBit.monthFirstDate | typeBit.monthFirstTimestamp,
  'month-named': typeBit.namedDate | typeBit.namedTimestamp,
};

/**
 * Keeps the evidence on the columns of a table complete while its rows are loaded with the types that the evidence
 * suggested, at the least cost: where every value that fits a column's type leaves the same possible, only those that
 * do not fit are looked at.
 */
export class TypeProof {
  /** The way in which each column's values seem to be written. */
  readonly notations: readonly Notation[];
  /** Columns of which every value is looked at, 1 for yes; among them those of text that could still be more. */
  readonly watched: Uint8Array;
  private readonly journal: EvidenceJournal;

  /**
   * `coordinates` are columns that are loaded as double precision whatever numbers they hold.
   * `skipped` columns are none of ours to judge.
   */
  constructor(
    private readonly types: readonly ColumnType[],
    private readonly evidence: TypeEvidence,
    private readonly coordinates: ReadonlySet<number>,
    skipped: ReadonlySet<number>,
  ) {
    this.journal = new EvidenceJournal(evidence);
    const readings = types.map((_type, column) => this.read(column));
    this.notations = readings.map(({ type, notation }) => (type === 'text' ? 'plain' : notation));
    this.watched = Uint8Array.from(types, (_type, column) =>
      !skipped.has(column) && this.isOpen(column) ? 1 : 0,
    );
  }

  /** Looks at a value. False when, after it, the column is something else than it is loaded as. */
  watch(column: number, bytes: Buffer, start: number, end: number, isText: boolean): boolean {
    if (!this.journal.observe(column, bytes, start, end, isText)) return true;
    // Text holds whatever comes.
    if (this.types[column] === 'text') {
      if (this.evidence.possible[column] === 0) this.watched[column] = 0;
      return true;
    }
    if (!this.isAsLoaded(column)) return false;
    if (!this.isOpen(column)) this.watched[column] = 0;
    return true;
  }

  /** Looks at a value that does not fit what its column is loaded as, and from then on at every other. */
  disprove(column: number, bytes: Buffer, start: number, end: number, isText: boolean): void {
    this.journal.observe(column, bytes, start, end, isText);
    this.watched[column] = 1;
  }

  /** A number had more digits than a double has: by itself the column would not be one. */
  excludeDouble(column: number): void {
    this.journal.exclude(column, anyDouble);
  }

  /** The row that the values were of is complete, and counts. */
  keepRow(): void {
    this.journal.keepRow();
  }

  /** The row will be read again, or is none of the table's. */
  forgetRow(): void {
    this.journal.forgetRow()?.forEach((column) => {
      this.watched[column] = this.mustWatch(column) ? 1 : 0;
    });
  }

  private mustWatch(column: number): boolean {
    return this.isOpen(column) || (this.types[column] !== 'text' && !this.isAsLoaded(column));
  }

  /** Whether there is anything left that values could tell of a column. */
  private isOpen(column: number): boolean {
    const possible = this.evidence.possible[column]!;
    const type = this.types[column]!;
    if (type === 'text') return possible !== 0;
    const notation = this.notations[column]!;
    // Separators and units add up in ways that one value does not tell of another.
    if (notation === 'point' || notation === 'comma') return true;
    const implied = impliedNotations[notation] ?? impliedPlain[type];
    return (this.evidence.seen[column]! & mark.value) === 0 || (possible & ~implied) !== 0;
  }

  private isAsLoaded(column: number): boolean {
    const { type, notation } = this.read(column);
    if (type === 'text' || notation !== this.notations[column]) return false;
    const loaded = this.types[column]!;
    if (type === loaded || narrower[loaded]?.includes(type) === true) return true;
    return this.coordinates.has(column) && type === 'numeric';
  }

  private read(column: number): Reading {
    return decideReading(this.evidence.possible[column]!, this.evidence.seen[column]!);
  }
}
