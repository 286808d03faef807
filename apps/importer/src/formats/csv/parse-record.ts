import type { RowSink } from '../row-sink.js';

const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;

/** Why a record did not end: more bytes are needed, text follows a closing quote, or a quote is open at the end. */
export const needsMore = -1;
export const hasTextAfterQuote = -2;
export const hasOpenQuote = -3;

/**
 * What the last call of `parseRecord` found; one for all, since a record is dealt with before the next one is parsed. A
 * single array, as everything about a field then lies in one place. Grows to the widest record.
 *
 * The first places are the ones below. From `fieldsPlace` on each field has two: where it begins, times four, with how
 * it is written in the lowest bits; and where it ends.
 */
let record = new Int32Array(512);
const placesEnd = 0;
const lineEndsPlace = 1;
const problemPlace = 2;
const fieldsPlace = 4;

/** How a field is written: in quotes, and with doubled quotes in it. */
const quotedBit = 1;
const doubledBit = 2;
const startShift = 2;

/**
 * Finds the fields of the record that begins at `from` and returns the offset behind its line end; one of the negative
 * numbers above when it has none. Nothing outside of `bytes[from..to)` is looked at; with `atEnd` the input ends there.
 */
export function parseRecord(
  bytes: Buffer,
  from: number,
  to: number,
  atEnd: boolean,
  delimiter: number,
): number {
  let found = record;
  let i = from;
  let place = fieldsPlace;
  let lineEnds = 0;
  found[lineEndsPlace] = 0;

  for (;;) {
    if (place === found.length) found = widen();
    // At the beginning of a field.
    if (i < to && bytes[i] === quote) {
      const fieldStart = ++i;
      let bits = quotedBit;
      for (; i < to; i++) {
        const c = bytes[i]!;
        if (c > quote) continue;
        if (c === quote) {
          if (i + 1 < to && bytes[i + 1] === quote) {
            bits = quotedBit | doubledBit;
            i++;
          } else break;
        } else if (c === lf) lineEnds++;
        else if (c === cr && (i + 1 === to || bytes[i + 1] !== lf)) lineEnds++;
      }
      found[lineEndsPlace] = lineEnds;
      if (i >= to) return atEnd ? hasOpenQuote : needsMore;
      // The byte after a quote decides whether it closes the field, so it must be here.
      if (i + 1 === to && !atEnd) return needsMore;
      found[place] = (fieldStart << startShift) | bits;
      found[place + 1] = i++;
      place += 2;
      while (i < to && bytes[i] === space && delimiter !== space) i++;
      if (i === to && !atEnd) return needsMore;
      if (i < to && bytes[i] !== delimiter && bytes[i] !== lf && bytes[i] !== cr) {
        found[problemPlace] = i;
        return hasTextAfterQuote;
      }
    } else {
      const fieldStart = i;
      for (; i < to; i++) {
        const c = bytes[i]!;
        if (c === delimiter || (c <= cr && (c === lf || c === cr))) break;
      }
      if (i === to && !atEnd) return needsMore;
      found[place] = fieldStart << startShift;
      found[place + 1] = i;
      place += 2;
    }

    // At a delimiter, a line end, or the end of the input.
    if (i < to) {
      const c = bytes[i]!;
      if (c === delimiter) {
        i++;
        continue;
      }
      if (c === cr && i + 1 === to && !atEnd) return needsMore;
      i += c === cr && i + 1 < to && bytes[i + 1] === lf ? 2 : 1;
      lineEnds++;
    }
    found[placesEnd] = place;
    found[lineEndsPlace] = lineEnds;
    return i;
  }
}

function widen(): typeof record {
  const wider = new Int32Array(2 * record.length);
  wider.set(record);
  record = wider;
  return wider;
}

/** Line ends within the record that was parsed, its own included; when a quote is open, those behind the quote too. */
export function lineEndsParsed(): number {
  return record[lineEndsPlace]!;
}

/** Where the text after a quote begins, of a record that has some. */
export function problemParsed(): number {
  return record[problemPlace]!;
}

/** The number of fields of the complete record that was parsed. */
export function fieldsParsed(): number {
  return (record[placesEnd]! - fieldsPlace) / 2;
}

/** Whether a field without quotes around it, of the complete record that was parsed, has one in it. */
export function hasStrayQuote(bytes: Buffer): boolean {
  for (let place = fieldsPlace; place < record[placesEnd]!; place += 2) {
    if ((record[place]! & quotedBit) !== 0) continue;
    if (bytes.subarray(record[place]! >> startShift, record[place + 1]).includes(quote)) return true;
  }
  return false;
}

/**
 * Hands the fields of the complete record that was parsed to a sink, and that the row is complete. Returns false, and
 * hands on nothing, when there are more than `columns` of them; empty ones at the end are harmless. 0 takes any number.
 */
export function feedRecord(bytes: Buffer, columns: number, line: number, sink: RowSink): boolean {
  const found = record;
  let last = found[placesEnd]!;
  const wanted = columns === 0 ? last : fieldsPlace + 2 * columns;
  for (; last > wanted; last -= 2) if (found[last - 2]! >> startShift !== found[last - 1]) return false;
  for (let place = fieldsPlace; place < last; place += 2) {
    const start = found[place]!;
    if ((start & doubledBit) === 0) {
      sink.field(bytes, start >> startShift, found[place + 1]!, (start & quotedBit) !== 0);
    } else {
      sink.field(unescaped, 0, unescapeField(bytes, start >> startShift, found[place + 1]!), true);
    }
  }
  sink.endRow(line);
  return true;
}

/** Holds the contents of a quoted field from which doubled quotes were taken. Grows to the largest needed. */
let unescaped = Buffer.allocUnsafe(4096);

/** Copies a quoted field into `unescaped` with each doubled quote single; returns its length. */
function unescapeField(bytes: Buffer, start: number, end: number): number {
  if (unescaped.length < end - start) unescaped = Buffer.allocUnsafe(2 * (end - start));
  const out = unescaped;
  let length = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    out[length++] = c;
    if (c === quote) i++;
  }
  return length;
}
