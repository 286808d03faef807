import { type RejectReason, SyncError } from '@tidetable/contracts';
import { doubleIntegerMax, typedLengthMax } from '../columns/classify-value.js';
import type { ColumnType } from '../columns/column-type.js';
import { isEmptyWord } from '../columns/empty-word.js';
import { TypeProof } from '../columns/type-proof.js';
import type { TypeEvidence } from '../columns/type-evidence.js';
import type { RowSink } from '../formats/row-sink.js';
import { PlaceEvidence } from '../geometry/place-evidence.js';
import { geometryFieldOf, type PlacePlan } from '../geometry/place-plan.js';
import { CopyBuffer } from './copy-buffer.js';
import { PlaceWriter } from './place-writer.js';
import { RejectedRows } from './rejected-rows.js';
import { notatedNumberWriter, writerFor } from './write-notated-value.js';
import { takeWroteNaN, type ValueWriter, writeBigint, writeNearestDouble } from './write-value.js';

/** How the columns of a file are loaded. */
export interface LoadPlan {
  readonly types: readonly ColumnType[];
  /** Evidence for these types so far; narrowed while loading. */
  readonly evidence: TypeEvidence;
  /**
   * Where each row's geometry comes from. The columns of a point are double precision; the entry in `types` of a field
   * that becomes the geometry means nothing.
   */
  readonly place: PlacePlan;
  /** The column of the file that is the key; `null` numbers the rows from 1. */
  readonly key: number | null;
  /** Columns whose quoted values are text, 1 for yes. */
  readonly quotedTexts: Uint8Array;
}

const space = 0x20;
const tab = 0x09;
const emptyBytes = Buffer.alloc(0);
/** Coordinates in the notations of people. */
const nearestWriters = {
  point: notatedNumberWriter(writeNearestDouble, 'point'),
  comma: notatedNumberWriter(writeNearestDouble, 'comma'),
};

/**
 * Encodes rows as binary COPY, checking every value against its column's type on the way. The fields of a row are
 * the key, then the file's columns in order (key and geometry at their own places, if they are among them), then the
 * geometry where it is made of other values, then its place on the map unless the database computes it.
 *
 * A value that does not fit makes `disproved` true: what was encoded is useless then, and from there on nothing is
 * encoded any more. Reading on to the end of the file completes the evidence, which then tells the types that every
 * value fits.
 */
export class CopyEncoder implements RowSink {
  /** Rows that were taken. */
  rows = 0;
  /** Rows that had fewer fields than there are columns. */
  shortRows = 0;

  /** The line of the first value that disproved each column's type, 0 where none did. */
  readonly disprovedLines: Uint32Array;
  disproved = false;
  /** How many words for nothing each column with a type held; they became NULL. */
  readonly emptyWords: Uint32Array;
  /** Where the rows are, and how many are anywhere. */
  readonly placed: PlaceWriter;

  private readonly out = new CopyBuffer();
  private readonly columns: number;
  /** How each column is written; `null` for text, and for a geometry. */
  private readonly writers: (ValueWriter | null)[];
  private readonly proof: TypeProof;
  /** Columns of which every value counts as evidence. */
  private readonly watched: Uint8Array;
  /** Columns of bigint that held a number which a double cannot hold. */
  private readonly beyondDouble: Uint8Array;
  private readonly longitudeColumn: number;
  private readonly latitudeColumn: number;
  private readonly geometryColumn: number;
  private readonly countryColumn: number;
  /** Columns whose values say where rows are, 1 for yes. */
  private readonly placing: Uint8Array;
  private readonly keyColumn: number;
  private readonly fieldsOfRow: number;

  private column = 0;
  private key = -1;
  private overlong = false;
  private disprovedInRow: number[] = [];
  private wasDisproved = false;
  private emptyInRow: number[] = [];

  /** `places` sees every value that may say where rows are. */
  constructor(
    private readonly plan: LoadPlan,
    private readonly places = PlaceEvidence.ofNothing(),
    /** What is not in the table. */
    readonly rejected = new RejectedRows(),
    /** Of one geometry. */
    private readonly verticesMax = Infinity,
  ) {
    const { types, evidence, place, key } = plan;
    const point = place.from === 'point' ? place : null;
    const geometry = geometryFieldOf(place);
    this.columns = types.length;
    this.keyColumn = key ?? -1;
    const skipped = new Set([key ?? -1, geometry ?? -1]);
    const coordinates = new Set(point === null ? [] : [point.longitude, point.latitude]);
    this.proof = new TypeProof(types, evidence, coordinates, skipped);
    this.watched = this.proof.watched;
    this.writers = types.map((type, column) => {
      if (column === key) return writeBigint;
      return type === 'text' || column === geometry
        ? null
        : writerFor(type, this.proof.notations[column]!, evidence.seen[column]!);
    });
    this.emptyWords = new Uint32Array(this.columns);
    this.beyondDouble = new Uint8Array(this.columns);
    this.disprovedLines = new Uint32Array(this.columns);
    this.longitudeColumn = point?.longitude ?? -1;
    this.latitudeColumn = point?.latitude ?? -1;
    this.geometryColumn = geometry ?? -1;
    this.countryColumn = place.from === 'country' ? place.column : -1;
    this.placed = new PlaceWriter(this.out, places, place);
    this.placing = Uint8Array.from(types, (_type, column) =>
      places.isWatched(column, point !== null) ? 1 : 0,
    );
    this.fieldsOfRow = this.columns + (key === null ? 1 : 0) + this.placed.ownFields;
    this.beginRow();
  }

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const column = this.column++;
    if (column >= this.columns) {
      if (end > start) this.overlong = true;
      return;
    }
    if (this.placing[column] === 1) this.places.observe(column, bytes, start, end);
    if (this.disproved) {
      this.scan(column, bytes, start, end, quoted);
      return;
    }
    if (column === this.geometryColumn) {
      this.placed.writeField();
      return;
    }
    if (column === this.countryColumn) this.placed.takeCountry();
    const writer = this.writers[column]!;
    if (writer === null) this.writeText(column, bytes, start, end, quoted);
    else this.writeTyped(writer, column, bytes, start, end, quoted);
  }

  endRow(line: number): void {
    if (this.overlong) {
      this.rejectRow(line, 'fields-too-many', emptyBytes, 0, 0);
      return;
    }
    if (this.placed.vertices > this.verticesMax) {
      const allowed = `at most ${this.verticesMax} are allowed`;
      throw new SyncError(
        'geometry-too-large',
        `line ${line} has ${this.placed.vertices} vertices, ${allowed}`,
      );
    }
    if (this.column < this.columns) this.shortRows++;
    while (this.column < this.columns) this.field(emptyBytes, 0, 0, false);
    if (this.keyColumn !== -1 && !(this.key >= 0)) {
      throw new SyncError('cartodb-id-invalid', `line ${line} has no usable value`);
    }
    if (this.emptyInRow.length > 0) this.countEmptyWords();
    if (this.disproved) {
      this.noteDisprovedLine(line);
      this.out.abandonRow();
    } else {
      this.placed.endRow();
      this.out.endRow();
      // All rows together need coarser areas, or can have none: what is left to do is to count them.
      if (!this.placed.hasRoom) this.disproved = true;
    }
    this.places.endRow(line);
    this.proof.keepRow();
    this.wasDisproved = this.disproved;
    this.rows++;
    this.beginRow();
  }

  abandonRow(): void {
    this.proof.forgetRow();
    this.disproved = this.wasDisproved;
    this.disprovedInRow = [];
    this.emptyInRow = [];
    this.places.abandonRow();
    this.out.abandonRow();
    this.beginRow();
  }

  rejectRow(line: number, reason: RejectReason, bytes: Buffer, start: number, end: number): void {
    this.rejected.take(line, reason, bytes, start, end);
    this.abandonRow();
  }

  /** Takes the finished bytes; `atEnd` also takes what is left and ends the copy. */
  takePieces(atEnd: boolean): Buffer[] {
    return this.out.takePieces(atEnd);
  }

  private beginRow(): void {
    this.column = 0;
    this.placed.beginRow();
    this.key = -1;
    this.overlong = false;
    this.out.beginRow(this.fieldsOfRow);
    if (this.keyColumn === -1) this.out.writeInt64(this.rows + 1);
  }

  /** Unquoted nothing is NULL; quoted nothing is the empty string. */
  private writeText(column: number, bytes: Buffer, start: number, end: number, quoted: boolean): void {
    if (this.watched[column] === 1) {
      this.proof.watch(column, bytes, start, end, quoted && this.plan.quotedTexts[column] === 1);
    }
    if (start === end && !quoted) this.out.writeNull();
    else this.out.writeBytes(bytes, start, end);
  }

  private writeTyped(
    writer: ValueWriter,
    column: number,
    bytes: Buffer,
    start: number,
    end: number,
    quoted: boolean,
  ): void {
    while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
    while (end > start && (bytes[end - 1] === space || bytes[end - 1] === tab)) end--;
    if (start === end) {
      this.out.writeNull();
      return;
    }
    // A key is a number however it is written.
    const isText = quoted && this.plan.quotedTexts[column] === 1 && column !== this.keyColumn;
    let fits = !isText && end - start <= typedLengthMax;
    if (this.watched[column] === 1) fits = this.proof.watch(column, bytes, start, end, isText) && fits;
    const number = fits ? writer(this.out, bytes, start, end, this.plan.evidence.possible[column]!) : NaN;
    if (Number.isNaN(number)) this.writeMisfit(column, bytes, start, end, isText);
    else if (column === this.longitudeColumn) this.places.longitude = number;
    else if (column === this.latitudeColumn) this.places.latitude = number;
    else if (column === this.keyColumn) this.key = number;
    else if (number >= doubleIntegerMax || number <= -doubleIntegerMax) this.beyondDouble[column] = 1;
  }

  /** Words for nothing, words for no number, coordinates finer than a double; and what disproves the type. */
  private writeMisfit(column: number, bytes: Buffer, start: number, end: number, isText: boolean): void {
    if (!isText && isEmptyWord(bytes, start, end)) {
      this.emptyInRow.push(column);
      this.out.writeNull();
      return;
    }
    if (takeWroteNaN()) return;
    if (column === this.keyColumn) {
      this.out.writeNull();
      return;
    }
    if (!isText && this.writeFineCoordinate(column, bytes, start, end)) return;
    this.disprove(column, bytes, start, end, isText);
  }

  private writeFineCoordinate(column: number, bytes: Buffer, start: number, end: number): boolean {
    if (column !== this.longitudeColumn && column !== this.latitudeColumn) return false;
    if (end - start > typedLengthMax) return false;
    const notation = this.proof.notations[column];
    const write =
      notation === 'comma' || notation === 'point' ? nearestWriters[notation] : writeNearestDouble;
    const number = write(this.out, bytes, start, end, 0);
    if (Number.isNaN(number)) return false;
    if (column === this.longitudeColumn) this.places.longitude = number;
    else this.places.latitude = number;
    this.proof.excludeDouble(column);
    return true;
  }

  private disprove(column: number, bytes: Buffer, start: number, end: number, isText: boolean): void {
    this.beyondDouble.forEach((isBeyond, other) => {
      if (isBeyond === 1) this.proof.excludeDouble(other);
    });
    this.proof.disprove(column, bytes, start, end, isText);
    this.disproved = true;
    this.disprovedInRow.push(column);
  }

  /**
   * Once a type is disproved values are evidence and nothing else. What fits a column that nobody needs to watch is
   * found out fastest by writing it, into a row that is thrown away.
   */
  private scan(column: number, bytes: Buffer, start: number, end: number, quoted: boolean): void {
    this.places.observeNumber(column, bytes, start, end);
    const writer = this.writers[column]!;
    if (writer !== null && this.watched[column] === 0) {
      this.writeTyped(writer, column, bytes, start, end, quoted);
      return;
    }
    if (column === this.geometryColumn || this.plan.evidence.possible[column] === 0) return;
    const isText = quoted && this.plan.quotedTexts[column] === 1;
    if (!this.proof.watch(column, bytes, start, end, isText)) this.disprovedInRow.push(column);
  }

  private countEmptyWords(): void {
    for (const column of this.emptyInRow) this.emptyWords[column]!++;
    this.emptyInRow = [];
  }

  private noteDisprovedLine(line: number): void {
    for (const column of this.disprovedInRow) this.disprovedLines[column] ||= line;
    this.disprovedInRow = [];
  }
}
