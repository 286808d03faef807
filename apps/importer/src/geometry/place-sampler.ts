import type { RowSink } from '../formats/row-sink.js';
import type { PlaceEvidence } from './place-evidence.js';

/** Collects evidence on where rows are from the rows that it is given. */
export class PlaceSampler implements RowSink {
  private column = 0;

  constructor(private readonly places: PlaceEvidence) {}

  field(bytes: Buffer, start: number, end: number): void {
    const column = this.column++;
    if (this.places.isWatched(column)) this.places.observe(column, bytes, start, end);
  }

  endRow(line: number): void {
    this.column = 0;
    this.places.endRow(line);
  }

  abandonRow(): void {
    this.column = 0;
    this.places.abandonRow();
  }

  /** A row that is not taken tells nothing. */
  rejectRow(): void {
    this.abandonRow();
  }
}
