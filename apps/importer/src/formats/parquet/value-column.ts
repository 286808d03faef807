import { isUtf8 } from 'node:buffer';
import { type RejectReason, SyncError } from '@tidetable/contracts';
import type { TextBuffer } from '../text-buffer.js';
import type { LeafCursor } from './leaf-cursor.js';
import { type RowColumn, rowBytesMax } from './row-column.js';
import type { KindOfColumn } from './value-kind.js';
import type { ValueLosses } from './write-time.js';
import { writerOf, type WriteValue } from './write-value.js';

/** A column of text, whose values are taken as they lie in their page. */
export class TextColumn implements RowColumn {
  readonly isText = true;
  isNull = false;
  isTooLong = false;
  problem: RejectReason | null = null;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  constructor(
    private readonly name: string,
    private readonly leaf: LeafCursor,
  ) {}

  advance(): void {
    const { leaf } = this;
    leaf.next();
    this.isNull = !leaf.hasValue;
    if (this.isNull) return;
    const { bytes, start, end } = leaf.values!;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isTooLong = end - start > rowBytesMax;
    this.problem = null;
    let isAscii = true;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= 0x80) isAscii = false;
      else if (byte === 0) this.problem = 'text-has-nul';
    }
    if (isAscii || isUtf8(bytes.subarray(start, end))) return;
    throw new SyncError('text-encoding-invalid', `it is a Parquet file, column ${this.name}`);
  }
}

/** A column of any other values, which are written as text. */
export class ValueColumn implements RowColumn {
  readonly isText: boolean;
  readonly problem = null;
  isNull = false;
  isTooLong = false;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  private readonly write: WriteValue;

  constructor(
    { value, type }: KindOfColumn,
    private readonly leaf: LeafCursor,
    private readonly losses: ValueLosses,
    private readonly out: TextBuffer,
  ) {
    this.write = writerOf(value);
    this.isText = type === 'text';
  }

  advance(): void {
    const { leaf, out } = this;
    leaf.next();
    this.isNull = !leaf.hasValue;
    if (this.isNull) return;
    const { bytes, start, end } = leaf.values!;
    this.isTooLong = end - start > rowBytesMax;
    out.begin();
    if (!this.isTooLong) this.write(out, bytes, start, end, this.losses);
    this.bytes = out.bytes;
    this.start = out.piece;
    this.end = out.length;
  }
}
