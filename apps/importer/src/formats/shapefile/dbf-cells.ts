import { isUtf8 } from 'node:buffer';
import { SyncError } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import type { DeclaredType } from '../declared-type.js';
import { isPlainNumber, writePlainNumber } from '../plain-number.js';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import { TextBuffer } from '../text-buffer.js';
import { feedBinary } from './dbf-binary.js';
import { shortenDecimal } from './shorten-decimal.js';
import { endOfWholeText } from './find-dbf-encoding.js';
import type { DbfField, DbfHeader } from './read-dbf-header.js';

const space = 0x20;
const star = 0x2a;
const dash = 0x2d;
const zero = 0x30;
const nine = 0x39;
const hash = 0x23;
const dateLength = 10;
const nothing = Buffer.alloc(0);
const yes = Buffer.from('true');
const no = Buffer.from('false');
const notANumber = Buffer.from('nan');

/** Whole numbers of so many characters fit 32 bits, and 64 bits. */
const integerWidthMax = 9;
const bigintWidthMax = 18;

type CellKind = 'text' | 'number' | 'date' | 'logical' | 'binary' | 'memo';

/** Feeds the records of a dBASE table to a sink, a field for each of its columns. */
export class DbfCells {
  readonly columns: readonly ReaderColumn[];
  /** The names of columns whose texts are in another file, which is not read. */
  readonly memos: readonly string[];
  private readonly kinds: readonly CellKind[];
  private readonly isUtf8: boolean;
  private readonly out = new TextBuffer();
  /** Room for a value of a field that is no text. */
  private readonly short = Buffer.allocUnsafeSlow(512);

  constructor(
    private readonly header: DbfHeader,
    private readonly encoding: string,
  ) {
    const names = header.fields.map(({ name }) => iconv.decode(name, encoding).trim());
    this.isUtf8 = encoding === 'utf-8';
    this.kinds = header.fields.map(kindOf);
    this.columns = header.fields.map((field, index) => ({ header: names[index]!, type: typeOf(field) }));
    this.memos = names.filter((_name, index) => this.kinds[index] === 'memo');
  }

  /**
   * Feeds the fields of the record that begins at `at`, and is at hand as a whole.
   *
   * @throws SyncError `text-encoding-invalid`
   */
  feed(bytes: Buffer, at: number, row: number, sink: RowSink): void {
    const { fields } = this.header;
    const { kinds } = this;
    for (let column = 0; column < fields.length; column++) {
      const { offset, length } = fields[column]!;
      const start = at + offset;
      const end = start + length;
      switch (kinds[column]!) {
        case 'text':
          this.feedText(bytes, start, end, column, row, sink);
          break;
        case 'number':
          this.feedNumber(bytes, start, end, sink);
          break;
        case 'date':
          this.feedDate(bytes, start, end, sink);
          break;
        case 'logical':
          feedLogical(bytes, start, end, sink);
          break;
        case 'binary':
          feedBinary(fields[column]!, bytes, start, this.out, sink);
          break;
        case 'memo':
          sink.field(nothing, 0, 0, false);
      }
    }
  }

  /** A text ends at the first NUL, and blanks around it do not count. */
  private feedText(
    bytes: Buffer,
    start: number,
    fieldEnd: number,
    column: number,
    row: number,
    sink: RowSink,
  ): void {
    let end = fieldEnd;
    while (end > start && (bytes[end - 1] === space || bytes[end - 1] === 0)) end--;
    while (start < end && bytes[start] === space) start++;
    let high = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      high |= byte;
      if (byte !== 0) continue;
      end = i;
      while (end > start && bytes[end - 1] === space) end--;
    }
    if (high < 0x80) sink.field(bytes, start, end, false);
    else this.feedDecoded(bytes.subarray(start, end), end === fieldEnd, column, row, sink);
  }

  /** A text with characters beyond ASCII. Where it fills its field the last of them may have been cut off. */
  private feedDecoded(text: Buffer, isFull: boolean, column: number, row: number, sink: RowSink): void {
    if (this.isUtf8) {
      const end = isFull ? endOfWholeText(text) : text.length;
      const whole = end === text.length ? text : text.subarray(0, end);
      if (!isUtf8(whole)) throw this.invalid(column, row);
      sink.field(whole, 0, end, false);
      return;
    }
    let decoded = iconv.decode(text, this.encoding);
    if (isFull && decoded.endsWith(replacement)) decoded = decoded.slice(0, -1);
    if (decoded.includes(replacement)) throw this.invalid(column, row);
    const { out } = this;
    out.clear();
    out.appendText(decoded);
    sink.field(out.bytes, 0, out.length, false);
  }

  /** Numbers come filled up with blanks or zeros; stars say that one did not fit. */
  private feedNumber(bytes: Buffer, start: number, end: number, sink: RowSink): void {
    while (start < end && bytes[start]! <= space) start++;
    while (end > start && bytes[end - 1]! <= space) end--;
    if (start === end || bytes[start] === star) {
      sink.field(nothing, 0, 0, false);
      return;
    }
    if (isPlainNumber(bytes, start, end)) {
      sink.field(bytes, start, end, false);
      return;
    }
    // What some programs write for a number that is none, such as `-1.#IND`.
    for (let i = start; i < end; i++) {
      if (bytes[i] !== hash) continue;
      sink.field(notANumber, 0, notANumber.length, false);
      return;
    }
    const { out, short } = this;
    const shortened = shortenDecimal(bytes, start, end, short);
    if (shortened > 0) {
      sink.field(short, 0, shortened, false);
      return;
    }
    out.clear();
    writePlainNumber(out, bytes, start, end);
    sink.field(out.bytes, 0, out.length, false);
  }

  /** `20130427` as `2013-04-27`; what is no such eight digits as it is, and nothing for zeros. */
  private feedDate(bytes: Buffer, start: number, end: number, sink: RowSink): void {
    while (end > start && (bytes[end - 1] === space || bytes[end - 1] === 0)) end--;
    while (start < end && bytes[start] === space) start++;
    let digits = 0;
    let most = zero;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= zero && byte <= nine) digits++;
      if (byte > most) most = byte;
    }
    if (digits !== end - start || most === zero) {
      if (most === zero) sink.field(nothing, 0, 0, false);
      else sink.field(bytes, start, end, false);
      return;
    }
    if (digits !== 8) {
      sink.field(bytes, start, end, false);
      return;
    }
    const { short } = this;
    for (let i = 0, to = 0; i < 8; i++) {
      short[to++] = bytes[start + i]!;
      if (i === 3 || i === 5) short[to++] = dash;
    }
    sink.field(short, 0, dateLength, false);
  }

  private invalid(column: number, row: number): SyncError {
    const name = this.columns[column]!.header;
    const where = `row ${row} of the .dbf, column ${name}`;
    return new SyncError('text-encoding-invalid', `${where}: it is no ${this.encoding}`);
  }
}

const replacement = '\ufffd';

function feedLogical(bytes: Buffer, start: number, end: number, sink: RowSink): void {
  const letter = start < end ? bytes[start]! | 0x20 : 0;
  if (letter === 0x74 || letter === 0x79) sink.field(yes, 0, yes.length, false);
  else if (letter === 0x66 || letter === 0x6e) sink.field(no, 0, no.length, false);
  else sink.field(nothing, 0, 0, false);
}

function kindOf({ type, length }: DbfField): CellKind {
  switch (type) {
    case 'N':
    case 'F':
      return 'number';
    case 'D':
      return 'date';
    case 'L':
      return 'logical';
    case 'M':
    case 'G':
    case 'P':
      return 'memo';
    case 'I':
    case '+':
      return length === 4 ? 'binary' : 'text';
    case 'B':
      return length === 8 ? 'binary' : 'memo';
    case 'O':
    case 'Y':
    case 'T':
    case '@':
      return length === 8 ? 'binary' : 'text';
    default:
      return 'text';
  }
}

function typeOf(field: DbfField): DeclaredType {
  switch (kindOf(field)) {
    case 'number':
      if (field.decimals > 0) return 'double precision';
      return field.length <= integerWidthMax
        ? 'integer'
        : field.length <= bigintWidthMax
          ? 'bigint'
          : 'double precision';
    case 'date':
      return 'date';
    case 'logical':
      return 'boolean';
    case 'binary':
      return binaryTypes.get(field.type)!;
    default:
      return 'text';
  }
}

const binaryTypes = new Map<string, DeclaredType>([
  ['I', 'integer'],
  ['+', 'integer'],
  ['B', 'double precision'],
  ['O', 'double precision'],
  ['Y', 'numeric'],
  ['T', 'timestamp without time zone'],
  ['@', 'timestamp without time zone'],
]);
