import type { RowSink } from '../formats/row-sink.js';

/** So many rows are shown. */
const rowsMax = 5;
/** So much of a value is shown, in characters. */
const valueCharactersMax = 100;
/** So much is shown of all rows together, in characters. */
const charactersMax = 64 * 1024;
/** So much of a value is looked at, in bytes. */
const valueBytesMax = 4 * valueCharactersMax;

/** Keeps the first rows of a file as they stand in it, each value cut; nothing of the columns that are left out. */
export class FirstRows implements RowSink {
  readonly rows: (string | null)[][] = [];
  private row: (string | null)[] = [];
  private column = 0;
  private characters = 0;
  private isFull = false;

  constructor(private readonly leftOut: number | null) {}

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    if (this.isFull) return;
    if (this.column++ === this.leftOut) return;
    this.row.push(end === start && !quoted ? null : shown(bytes, start, end));
  }

  endRow(): void {
    if (this.isFull) return;
    this.characters += this.row.reduce((sum, value) => sum + (value?.length ?? 4) + 3, 0);
    this.isFull = this.characters > charactersMax;
    if (!this.isFull) this.rows.push(this.row);
    if (this.rows.length === rowsMax) this.isFull = true;
    this.abandonRow();
  }

  abandonRow(): void {
    this.row = [];
    this.column = 0;
  }

  rejectRow(): void {
    this.abandonRow();
  }
}

function shown(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + valueBytesMax));
  const characters = Array.from(text);
  if (characters.length <= valueCharactersMax && end - start <= valueBytesMax) return text;
  return `${characters.slice(0, valueCharactersMax - 1).join('')}…`;
}
