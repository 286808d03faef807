import type { RowSink } from '../row-sink.js';
import { TextBuffer } from '../text-buffer.js';

interface RecordedField {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly isText: boolean;
}

/** Keeps rows, to feed them again as often as is wished. */
export class RowRecorder implements RowSink {
  private readonly rows: { readonly line: number; readonly fields: readonly RecordedField[] }[] = [];
  private fields: RecordedField[] = [];
  private readonly text = new TextBuffer();

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const { text } = this;
    text.begin();
    text.append(bytes, start, end);
    this.fields.push({ bytes: text.bytes, start: text.piece, end: text.length, isText: quoted });
  }

  endRow(line: number): void {
    this.rows.push({ line, fields: this.fields });
    this.fields = [];
  }

  abandonRow(): void {
    this.fields = [];
  }

  rejectRow(): void {
    this.fields = [];
  }

  replay(sink: RowSink): void {
    for (const { line, fields } of this.rows) {
      for (const { bytes, start, end, isText } of fields) sink.field(bytes, start, end, isText);
      sink.endRow(line);
    }
  }
}
