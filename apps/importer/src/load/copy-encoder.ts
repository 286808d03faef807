import { SyncError } from '@tidetable/contracts';
import { classifiedWord, classifyValue, typedLengthMax } from '../columns/classify-value.js';
import { type ColumnType, decideType, typeBit } from '../columns/column-type.js';
import { parseDecimal, parseLongInteger, parseShortInteger } from '../columns/parse-number.js';
import { parseDate, parseTimestamp, timestampHasZone } from '../columns/parse-time.js';
import { observeValue, type TypeEvidence } from '../columns/type-sampler.js';
import type { RowSink } from '../formats/row-sink.js';
import {
  ewkbPointBytes,
  isPlace,
  webmercatorLatitudeMax,
  writeDegreesPoint,
  writeWebmercatorPoint,
} from '../geometry/encode-point.js';
import type { PointColumns } from '../geometry/find-point-columns.js';

/** How the columns of a file are loaded. */
export interface LoadPlan {
  readonly types: readonly ColumnType[];
  /** Evidence for these types so far; narrowed while loading. */
  readonly evidence: TypeEvidence;
  /** The columns that make each row's point, both of type double precision; `null` for a table without. */
  readonly point: PointColumns | null;
  /** The column of the file that is the key; `null` numbers the rows from 1. */
  readonly key: number | null;
  readonly quotedFieldsGuessing: boolean;
}

/** How a column is encoded: by its type, or as text whose values still count as evidence. */
const enum Code {
  Text,
  ObservedText,
  Integer,
  Bigint,
  Double,
  Boolean,
  Date,
  Timestamp,
  Timestamptz,
  Key,
}

const codes: Record<ColumnType, Code> = {
  text: Code.Text,
  integer: Code.Integer,
  bigint: Code.Bigint,
  'double precision': Code.Double,
  boolean: Code.Boolean,
  date: Code.Date,
  'timestamp without time zone': Code.Timestamp,
  'timestamp with time zone': Code.Timestamptz,
};

/** What a value that fits a type leaves possible besides, should a later value not fit it. */
const wider: Partial<Record<Code, number>> = {
  [Code.Integer]: typeBit.integer | typeBit.bigint | typeBit.double,
  [Code.Bigint]: typeBit.bigint | typeBit.double,
  [Code.Double]: typeBit.double,
  [Code.Date]: typeBit.date | typeBit.timestamp,
  [Code.Timestamp]: typeBit.timestamp,
  [Code.Timestamptz]: typeBit.timestamptz,
};

const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);
const doubleIntegerMax = 2 ** 53;
const two32 = 4_294_967_296;
const space = 0x20;
const tab = 0x09;

/** PGCOPY signature, flags, length of the header's extension. */
const copyHeader = Buffer.from([
  0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const copyTrailer = Buffer.from([0xff, 0xff]);

/** Finished bytes are handed on in pieces of about this size. */
const pieceBytes = 256 * 1024;
/** Room for a number, its length and what surrounds it. */
const fieldSlackBytes = 64;
/** Text up to here is copied faster byte by byte than by a native call. */
const shortTextBytes = 24;

/**
 * Encodes rows as PostgreSQL's binary COPY format, checking every value against its column's type on the way.
 * The columns are the key, then the file's in order (less the key), then the two geometries where there is a
 * point. Reference: PostgreSQL documentation, COPY, binary format; integers and doubles are big-endian,
 * times count microseconds and days from 2000-01-01.
 *
 * A value that does not fit makes `disproved` true: what was encoded is useless then, but reading on to the end
 * of the file completes the evidence, from which `provenTypes` tells the types that every value fits.
 */
export class CopyEncoder implements RowSink {
  /** Rows that were complete. */
  rows = 0;
  /** Rows that have a geometry. */
  geometries = 0;
  /** Rows whose coordinates are numbers but no place on earth. */
  placesRefused = 0;
  /** Rows that had fewer fields than there are columns. */
  shortRows = 0;

  /** The line of the first value that disproved each column's type, 0 where none did. */
  readonly disprovedLines: Uint32Array;
  disproved = false;

  private readonly columns: number;
  private readonly code: Uint8Array;
  /** Columns of bigint that held a number which a double cannot hold. */
  private readonly beyondDouble: Uint8Array;
  private readonly longitudeColumn: number;
  private readonly latitudeColumn: number;
  private readonly fieldsOfRow: number;

  private pieces: Buffer[] = [copyHeader];
  private out: Buffer = Buffer.allocUnsafeSlow(pieceBytes + 4096);
  private view: DataView = viewOf(this.out);
  private length = 0;
  private rowStart = 0;
  private column = 0;
  private longitude = NaN;
  private latitude = NaN;
  private key = -1;
  private overlong = false;
  private disprovedInRow: number[] = [];

  constructor(private readonly plan: LoadPlan) {
    this.columns = plan.types.length;
    this.code = Uint8Array.from(plan.types, (type, column) => {
      if (column === plan.key) return Code.Key;
      return type === 'text' && plan.evidence.possible[column] !== 0 ? Code.ObservedText : codes[type];
    });
    this.beyondDouble = new Uint8Array(this.columns);
    this.disprovedLines = new Uint32Array(this.columns);
    this.longitudeColumn = plan.point?.longitude ?? -1;
    this.latitudeColumn = plan.point?.latitude ?? -1;
    this.fieldsOfRow = this.columns + (plan.key === null ? 1 : 0) + (plan.point === null ? 0 : 2);
    this.beginRow();
  }

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const column = this.column++;
    if (column >= this.columns) {
      if (end > start) this.overlong = true;
      return;
    }
    if (this.out.length - this.length < end - start + fieldSlackBytes)
      this.grow(end - start + fieldSlackBytes);
    const code: Code = this.code[column]!;
    if (code === Code.Text) {
      this.writeText(bytes, start, end, quoted);
      return;
    }
    if (code === Code.ObservedText) {
      observeValue(this.plan.evidence, column, bytes, start, end, quoted && !this.plan.quotedFieldsGuessing);
      this.writeText(bytes, start, end, quoted);
      return;
    }
    while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
    while (end > start && (bytes[end - 1] === space || bytes[end - 1] === tab)) end--;
    if (start === end) {
      this.writeNull();
      return;
    }
    // A key is a number however it is written.
    const isText = quoted && !this.plan.quotedFieldsGuessing && code !== Code.Key;
    if (isText || end - start > typedLengthMax || !this.writeTyped(code, column, bytes, start, end)) {
      this.disprove(column, bytes, start, end, isText);
    }
  }

  endRow(line: number): void {
    if (this.overlong) {
      throw new SyncError('csv-malformed', `line ${line} has more fields than the header`);
    }
    if (this.column < this.columns) this.shortRows++;
    while (this.column < this.columns) this.field(emptyBytes, 0, 0, false);
    if (this.plan.key !== null) this.checkKey(line);
    if (this.plan.point !== null) this.writePoint();
    if (this.disprovedInRow.length > 0) this.noteDisprovedLine(line);
    this.rows++;
    if (this.length >= pieceBytes) this.cutPiece();
    this.beginRow();
  }

  abandonRow(): void {
    this.length = this.rowStart;
    this.beginRow();
  }

  /** Takes the finished bytes; `atEnd` also takes what is left and ends the copy. */
  takePieces(atEnd: boolean): Buffer[] {
    if (atEnd) {
      this.length = this.rowStart;
      this.cutPiece();
      this.pieces.push(copyTrailer);
    }
    const pieces = this.pieces;
    this.pieces = [];
    return pieces;
  }

  /** The types that every value read so far fits; those of the plan where nothing disproved them. */
  provenTypes(): ColumnType[] {
    return this.plan.types.map((type, column) =>
      this.code[column] === Code.ObservedText
        ? decideType(this.plan.evidence.possible[column]!, this.plan.evidence.wordsSeen[column]!)
        : type,
    );
  }

  private beginRow(): void {
    if (this.out.length - this.length < fieldSlackBytes) this.grow(fieldSlackBytes);
    this.rowStart = this.length;
    this.column = 0;
    this.longitude = NaN;
    this.latitude = NaN;
    this.key = -1;
    this.overlong = false;
    this.view.setInt16(this.length, this.fieldsOfRow);
    this.length += 2;
    if (this.plan.key === null) this.writeSafeBigint(this.rows + 1);
  }

  private writeTyped(code: Code, column: number, bytes: Buffer, start: number, end: number): boolean {
    switch (code) {
      case Code.Integer: {
        const value = parseShortInteger(bytes, start, end);
        if (!(value >= int32Min && value <= int32Max)) return false;
        this.view.setInt32(this.length, 4);
        this.view.setInt32(this.length + 4, value);
        this.length += 8;
        return true;
      }
      case Code.Double: {
        let value = parseDecimal(bytes, start, end);
        if (Number.isNaN(value)) {
          value = parseShortInteger(bytes, start, end);
          if (Number.isNaN(value)) value = parseLongDoubleInteger(bytes, start, end);
          if (Number.isNaN(value)) return false;
        }
        if (column === this.longitudeColumn) this.longitude = value;
        else if (column === this.latitudeColumn) this.latitude = value;
        this.view.setInt32(this.length, 8);
        this.view.setFloat64(this.length + 4, value);
        this.length += 12;
        return true;
      }
      case Code.Bigint:
      case Code.Key:
        return this.writeBigint(column, bytes, start, end);
      case Code.Boolean: {
        const fits = classifyValue(bytes, start, end) & this.plan.evidence.possible[column]!;
        if (fits === 0 || classifiedWord === 0) return false;
        this.view.setInt32(this.length, 1);
        this.view.setUint8(this.length + 4, classifiedWord === 1 ? 1 : 0);
        this.length += 5;
        return true;
      }
      case Code.Date: {
        const days = parseDate(bytes, start, end);
        if (Number.isNaN(days)) return false;
        this.view.setInt32(this.length, 4);
        this.view.setInt32(this.length + 4, days);
        this.length += 8;
        return true;
      }
      case Code.Timestamp: {
        let micros = parseTimestamp(bytes, start, end);
        if (Number.isNaN(micros)) micros = parseDate(bytes, start, end) * 86_400_000_000;
        else if (timestampHasZone) return false;
        if (Number.isNaN(micros)) return false;
        this.writeMicroseconds(micros);
        return true;
      }
      case Code.Timestamptz: {
        const micros = parseTimestamp(bytes, start, end);
        if (Number.isNaN(micros) || !timestampHasZone) return false;
        this.writeMicroseconds(micros);
        return true;
      }
      default:
        return false;
    }
  }

  private writeBigint(column: number, bytes: Buffer, start: number, end: number): boolean {
    const short = parseShortInteger(bytes, start, end);
    if (!Number.isNaN(short)) {
      if (column === this.plan.key) this.key = short;
      this.writeSafeBigint(short);
      return true;
    }
    const long = parseLongInteger(bytes, start, end);
    if (long === null) return false;
    if (long > doubleIntegerMax || long < -doubleIntegerMax) this.beyondDouble[column] = 1;
    // A key of this size is exact enough to be told from a negative one.
    if (column === this.plan.key) this.key = Number(long);
    this.view.setInt32(this.length, 8);
    this.view.setBigInt64(this.length + 4, long);
    this.length += 12;
    return true;
  }

  private writeSafeBigint(value: number): void {
    this.view.setInt32(this.length, 8);
    this.view.setInt32(this.length + 4, Math.floor(value / two32));
    this.view.setUint32(this.length + 8, value >>> 0);
    this.length += 12;
  }

  private writeMicroseconds(value: number): void {
    if (Number.isSafeInteger(value)) {
      const high = Math.floor(value / two32);
      this.view.setInt32(this.length + 4, high);
      this.view.setUint32(this.length + 8, value - high * two32);
    } else this.view.setBigInt64(this.length + 4, BigInt(value));
    this.view.setInt32(this.length, 8);
    this.length += 12;
  }

  /** Unquoted nothing is NULL; quoted nothing is the empty string. */
  private writeText(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const size = end - start;
    if (size === 0 && !quoted) {
      this.writeNull();
      return;
    }
    this.view.setInt32(this.length, size);
    let at = this.length + 4;
    if (size <= shortTextBytes) {
      const out = this.out;
      for (let i = start; i < end; i++) out[at++] = bytes[i]!;
    } else {
      bytes.copy(this.out, at, start, end);
      at += size;
    }
    this.length = at;
  }

  private writeNull(): void {
    this.view.setInt32(this.length, -1);
    this.length += 4;
  }

  private writePoint(): void {
    if (this.out.length - this.length < fieldSlackBytes + 2 * ewkbPointBytes) this.grow(1024);
    const { longitude, latitude } = this;
    if (Number.isNaN(longitude) || Number.isNaN(latitude)) {
      this.writeNull();
      this.writeNull();
      return;
    }
    if (!isPlace(longitude, latitude)) {
      this.placesRefused++;
      this.writeNull();
      this.writeNull();
      return;
    }
    this.geometries++;
    this.view.setInt32(this.length, ewkbPointBytes);
    writeDegreesPoint(this.view, this.length + 4, longitude, latitude);
    this.length += 4 + ewkbPointBytes;
    if (Math.abs(latitude) > webmercatorLatitudeMax) {
      this.writeNull();
      return;
    }
    this.view.setInt32(this.length, ewkbPointBytes);
    writeWebmercatorPoint(this.view, this.length + 4, longitude, latitude);
    this.length += 4 + ewkbPointBytes;
  }

  private checkKey(line: number): void {
    if (!(this.key >= 0)) throw new SyncError('cartodb-id-invalid', `line ${line} has no usable value`);
  }

  /** From here on the column counts as text that is observed: its evidence decides at the end. */
  private disprove(column: number, bytes: Buffer, start: number, end: number, isText: boolean): void {
    const { evidence } = this.plan;
    const code: Code = this.code[column]!;
    if (code === Code.Key) {
      this.key = -1;
      this.writeNull();
      return;
    }
    let possible = code === Code.Boolean ? evidence.possible[column]! : (wider[code] ?? 0);
    if (this.beyondDouble[column] === 1) possible &= ~typeBit.double;
    evidence.possible[column] = possible;
    observeValue(evidence, column, bytes, start, end, isText);
    this.code[column] = Code.ObservedText;
    this.disproved = true;
    this.disprovedInRow.push(column);
    this.writeNull();
  }

  private noteDisprovedLine(line: number): void {
    for (const column of this.disprovedInRow) this.disprovedLines[column] ||= line;
    this.disprovedInRow = [];
  }

  private cutPiece(): void {
    this.pieces.push(this.out.subarray(0, this.length));
    this.out = Buffer.allocUnsafeSlow(pieceBytes + 4096);
    this.view = viewOf(this.out);
    this.length = 0;
    this.rowStart = 0;
  }

  private grow(room: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.out.length, this.length + room));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
    this.view = viewOf(larger);
  }
}

const emptyBytes = Buffer.alloc(0);

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A whole number of more than 15 digits, where a double holds it exactly; else NaN. */
function parseLongDoubleInteger(bytes: Buffer, start: number, end: number): number {
  const value = parseLongInteger(bytes, start, end);
  return value !== null && value >= -doubleIntegerMax && value <= doubleIntegerMax ? Number(value) : NaN;
}
