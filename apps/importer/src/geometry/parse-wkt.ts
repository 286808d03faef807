import { geometryKind } from '../formats/geometry-kind.js';
import type { GeometryBuffer } from './geometry-buffer.js';

/** Collections within collections deeper than this are nobody's data. */
export const nestingMax = 32;

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const comma = 0x2c;
const open = 0x28;
const close = 0x29;

const keywords = [
  ['POINT', geometryKind.point],
  ['LINESTRING', geometryKind.lineString],
  ['POLYGON', geometryKind.polygon],
  ['MULTIPOINT', geometryKind.multiPoint],
  ['MULTILINESTRING', geometryKind.multiLineString],
  ['MULTIPOLYGON', geometryKind.multiPolygon],
  ['GEOMETRYCOLLECTION', geometryKind.collection],
] as const;
const keywordBytes = keywords.map(([word, kind]) => ({ word: Buffer.from(word), kind }));
const srid = Buffer.from('SRID=');
const empty = Buffer.from('EMPTY');

/** Powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Whole numbers up to here are exact as doubles. */
const exactMax = 2 ** 53;

/**
 * Reads well-known text, as OGC's Simple Features and PostGIS write it: upper or lower case, with Z, M or both, which
 * are left out, also with `SRID=…;` before it. False when it is none; what is in the buffer means nothing then.
 */
export function parseWkt(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  into.begin();
  const text = new WktCursor(bytes, start, end);
  const number = text.takeWord(srid) ? text.takeSrid() : 0;
  if (Number.isNaN(number)) return false;
  const kind = text.takeKind();
  if (kind === 0 || !readBody(text, kind, into, 0)) return false;
  into.complete(kind, number);
  return text.isAtEnd();
}

function readBody(text: WktCursor, kind: number, into: GeometryBuffer, depth: number): boolean {
  const isEmpty = text.takeWord(empty);
  switch (kind) {
    case geometryKind.point:
      if (isEmpty) into.emptyPoint();
      return isEmpty || (text.take(open) && readCoordinate(text, into) && text.take(close));
    case geometryKind.lineString:
      return readLine(text, into, isEmpty);
    case geometryKind.polygon:
      return readPolygon(text, into, isEmpty);
    default:
      return readList(text, into, isEmpty, () => readPart(text, kind, into, depth));
  }
}

function readPart(text: WktCursor, kind: number, into: GeometryBuffer, depth: number): boolean {
  if (kind === geometryKind.collection) {
    const partKind = depth < nestingMax ? text.takeKind() : 0;
    if (partKind === 0) return false;
    into.beginPart(partKind);
    return readBody(text, partKind, into, depth + 1);
  }
  const partKind = kind - geometryKind.multiPoint + geometryKind.point;
  into.beginPart(partKind);
  // The points of a multi point may stand in parentheses of their own, or not.
  if (partKind === geometryKind.point && text.isNumberNext()) return readCoordinate(text, into);
  return readBody(text, partKind, into, depth);
}

function readPolygon(text: WktCursor, into: GeometryBuffer, isEmpty: boolean): boolean {
  return readList(text, into, isEmpty, () => {
    into.beginSequence();
    return readCoordinates(text, into) && into.endRing();
  });
}

function readLine(text: WktCursor, into: GeometryBuffer, isEmpty: boolean): boolean {
  into.beginSequence();
  return (isEmpty || readCoordinates(text, into)) && into.endLine();
}

function readList(text: WktCursor, into: GeometryBuffer, isEmpty: boolean, entry: () => boolean): boolean {
  const at = into.beginList();
  let entries = 0;
  if (!isEmpty) {
    if (!text.take(open)) return false;
    do {
      if (!entry()) return false;
      entries++;
    } while (text.take(comma));
    if (!text.take(close)) return false;
  }
  into.endList(at, entries);
  return true;
}

function readCoordinates(text: WktCursor, into: GeometryBuffer): boolean {
  if (!text.take(open)) return false;
  do {
    if (!readCoordinate(text, into)) return false;
  } while (text.take(comma));
  return text.take(close);
}

/** Two numbers, and up to two more that are left out. */
function readCoordinate(text: WktCursor, into: GeometryBuffer): boolean {
  const x = text.takeNumber();
  const y = text.takeNumber();
  for (let further = 0; further < 2 && text.isNumberNext(); further++) {
    if (Number.isNaN(text.takeNumber())) return false;
  }
  return into.coordinate(x, y);
}

/** Reads one token after the other; blanks before each count for nothing. */
class WktCursor {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
    private readonly end: number,
  ) {}

  /** The character, if it is next. */
  take(character: number): boolean {
    this.skipBlanks();
    if (this.at >= this.end || this.bytes[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** The word, in upper case as given or in lower case, if it is next. */
  takeWord(word: Buffer): boolean {
    this.skipBlanks();
    if (!this.isWordAt(word)) return false;
    this.at += word.length;
    return true;
  }

  /** The number of a reference system and the semicolon behind it; NaN when it is none. */
  takeSrid(): number {
    const value = this.takeNumber();
    return this.take(0x3b) && Number.isInteger(value) && value >= 0 && value < 1_000_000 ? value : NaN;
  }

  /** The kind that the next word names, with its Z and M; 0 when it names none. */
  takeKind(): number {
    this.skipBlanks();
    for (const { word, kind } of keywordBytes) {
      if (!this.isWordAt(word)) continue;
      this.at += word.length;
      this.takeDimensions();
      return kind;
    }
    return 0;
  }

  isNumberNext(): boolean {
    this.skipBlanks();
    const c = this.at < this.end ? this.bytes[this.at]! : 0;
    return (c >= zero && c <= nine) || c === minus || c === dot || c === plus;
  }

  /** The nearest double of a decimal number; NaN when none is next. */
  takeNumber(): number {
    this.skipBlanks();
    const { bytes, end } = this;
    const start = this.at;
    let i = start;
    const negative = bytes[i] === minus;
    if (negative || bytes[i] === plus) i++;
    let mantissa = 0;
    let digits = 0;
    let c = 0;
    while (i < end && (c = bytes[i]!) >= zero && c <= nine) {
      mantissa = mantissa * 10 + (c - zero);
      digits++;
      i++;
    }
    let decimals = 0;
    if (i < end && bytes[i] === dot) {
      i++;
      while (i < end && (c = bytes[i]!) >= zero && c <= nine) {
        mantissa = mantissa * 10 + (c - zero);
        decimals++;
        i++;
      }
    }
    if (digits + decimals === 0) return NaN;
    const mantissaEnd = i;
    if (i < end && (bytes[i]! | 0x20) === 0x65) i = this.endOfExponent(i);
    this.at = i;
    if (i === mantissaEnd && mantissa < exactMax && decimals < powersOfTen.length) {
      // Both operands are exact, so their quotient is the nearest double.
      const value = mantissa / powersOfTen[decimals]!;
      return negative ? -value : value;
    }
    return Number(bytes.toString('latin1', start, i));
  }

  isAtEnd(): boolean {
    this.skipBlanks();
    return this.at === this.end;
  }

  /** `Z`, `M` or `ZM`, right behind the word or apart from it. */
  private takeDimensions(): void {
    this.skipBlanks();
    if (this.isLetterAt(0x7a)) this.at++;
    if (this.isLetterAt(0x6d)) this.at++;
  }

  private endOfExponent(at: number): number {
    const { bytes, end } = this;
    let i = at + 1;
    if (bytes[i] === minus || bytes[i] === plus) i++;
    const first = i;
    while (i < end && bytes[i]! >= zero && bytes[i]! <= nine) i++;
    return i === first ? at : i;
  }

  private isLetterAt(lowerCase: number): boolean {
    return this.at < this.end && (this.bytes[this.at]! | 0x20) === lowerCase;
  }

  private isWordAt(word: Buffer): boolean {
    const { bytes, at } = this;
    if (at + word.length > this.end) return false;
    for (let i = 0; i < word.length; i++) {
      const c = bytes[at + i]!;
      if (c !== word[i] && (c ^ 0x20) !== word[i]) return false;
    }
    return true;
  }

  private skipBlanks(): void {
    const { bytes, end } = this;
    let c = 0;
    while (this.at < end && ((c = bytes[this.at]!) === 0x20 || (c >= 0x09 && c <= 0x0d))) this.at++;
  }
}
