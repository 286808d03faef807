import { observeValue, type TypeEvidence } from './type-evidence.js';

interface Entry {
  column: number;
  possible: number;
  seen: number;
  currency: number;
}

/**
 * Lets a row count as evidence once it is complete: one that is read again, or that never becomes a row of the table,
 * has no say. Evidence changes rarely, so that little is kept.
 */
export class EvidenceJournal {
  private entries: Entry[] = [];

  constructor(private readonly evidence: TypeEvidence) {}

  /** Narrows the evidence on one column by one value; tells whether that changed it. */
  observe(column: number, bytes: Buffer, start: number, end: number, isText: boolean): boolean {
    const { possible, seen } = this.evidence;
    const before = this.read(column);
    observeValue(this.evidence, column, bytes, start, end, isText);
    if (possible[column] === before.possible && seen[column] === before.seen) return false;
    this.entries.push(before);
    return true;
  }

  /** Takes readings away from a column. */
  exclude(column: number, readings: number): void {
    if ((this.evidence.possible[column]! & readings) === 0) return;
    this.entries.push(this.read(column));
    this.evidence.possible[column]! &= ~readings;
  }

  /** The row counts. Returns the columns on which it changed the evidence, or `null` for none. */
  keepRow(): number[] | null {
    if (this.entries.length === 0) return null;
    const columns = this.entries.map(({ column }) => column);
    this.entries = [];
    return columns;
  }

  /** The row does not count: the evidence is what it was before. Returns the columns as `keepRow` does. */
  forgetRow(): number[] | null {
    if (this.entries.length === 0) return null;
    for (const { column, possible, seen, currency } of this.entries.toReversed()) {
      this.evidence.possible[column] = possible;
      this.evidence.seen[column] = seen;
      this.evidence.currency[column] = currency;
    }
    return this.keepRow();
  }

  private read(column: number): Entry {
    const { possible, seen, currency } = this.evidence;
    return { column, possible: possible[column]!, seen: seen[column]!, currency: currency[column]! };
  }
}
