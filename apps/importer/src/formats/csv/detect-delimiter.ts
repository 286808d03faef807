import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import { scanRecords } from './scan-records.js';

/** In the order of preference where several fit equally well. */
const candidates = [',', ';', '\t', '|'] as const;

/** How many records of the beginning are looked at. */
const recordsMax = 100;

class FieldCounter implements RowSink {
  readonly counts: number[] = [];
  private fields = 0;

  field(): void {
    this.fields++;
  }

  endRow(): void {
    if (this.counts.length < recordsMax) this.counts.push(this.fields);
    this.fields = 0;
  }

  abandonRow(): void {
    this.fields = 0;
  }

  /** A wrong delimiter makes quotes look wrong. */
  rejectRow(): void {
    this.fields = 0;
    this.endRow();
  }
}

/**
 * Decides on the delimiter of a file by its beginning: the one with which the records agree best on having more
 * than one field, and of several the one that makes more fields: a comma in every address is rarer than a column
 * more. Quotes are honoured for each candidate, so that delimiters within text do not count.
 * A file with a single column has none; a comma is then as good as any.
 */
export function detectDelimiter(head: Buffer, atEnd: boolean): number {
  let best = { delimiter: ',', score: 0, fields: 1 };
  for (const delimiter of candidates) {
    const counts = countFields(head, atEnd, delimiter.charCodeAt(0));
    const score = agreement(counts);
    const fields = counts[0] ?? 1;
    if (score > best.score || (score === best.score && fields > best.fields))
      best = { delimiter, score, fields };
  }
  return best.delimiter.charCodeAt(0);
}

function countFields(head: Buffer, atEnd: boolean, delimiter: number): number[] {
  const counter = new FieldCounter();
  try {
    scanRecords(head, 0, head.length, atEnd, { delimiter, columns: 0 }, counter, { line: 1 });
  } catch (error) {
    // Also with the right delimiter a quote may be open at the end; what was counted until then tells enough.
    if (!(error instanceof SyncError)) throw error;
  }
  return counter.counts;
}

/** The share of records that have as many fields as the first one, nothing for a single field or a rejected one. */
function agreement(counts: number[]): number {
  const [first] = counts;
  if (first === undefined || first <= 1) return 0;
  return counts.filter((count) => count === first).length / counts.length;
}
