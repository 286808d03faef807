import type { RowCells } from './row-cells.js';
import {
  incomplete,
  isBlank,
  isSelfClosing,
  localName,
  MalformedXml,
  markupAt,
  skipElement,
  skipOther,
  tagEnd,
} from './scan-xml.js';
import { scanString, scanText } from './scan-text.js';
import { plainKind } from './number-format.js';
import type { TextBuffer } from '../text-buffer.js';
import {
  setBoolean,
  setIsoDay,
  setNull,
  setNumber,
  setPiece,
  setShared,
  type SheetCounts,
  type ValueRules,
} from './write-cell.js';

const greaterThan = 0x3e;
const lessThan = 0x3c;
const slash = 0x2f;
const equals = 0x3d;
const quote = 0x22;
const apostrophe = 0x27;
const letterA = 0x41;
const letterB = 0x62;
const letterD = 0x64;
const letterE = 0x65;
const letterN = 0x6e;
const letterR = 0x72;
const letterS = 0x73;
const letterT = 0x74;
const letterV = 0x76;

/** What is at hand while the cells of a sheet are read. */
export interface CellContext {
  readonly rules: ValueRules;
  readonly cells: RowCells;
  readonly scratch: TextBuffer;
  readonly counts: SheetCounts;
  /** The length of the prefix of the sheet's elements. */
  readonly prefixBytes: number;
}

/** The column of the cell that was read last, from 0. */
export let scannedColumn = 0;

/** What a cell says it holds, by its attribute `t`. */
const enum Holds {
  number,
  shared,
  formulaText,
  inlineText,
  boolean,
  error,
  isoDay,
}

function holdsOf(bytes: Buffer, start: number, end: number): Holds {
  if (end - start === 1) {
    const letter = bytes[start];
    if (letter === letterS) return Holds.shared;
    if (letter === letterN) return Holds.number;
    if (letter === letterB) return Holds.boolean;
    if (letter === letterE) return Holds.error;
    if (letter === letterD) return Holds.isoDay;
  }
  const word = bytes.toString('latin1', start, end);
  if (word === 'str') return Holds.formulaText;
  if (word === 'inlineStr') return Holds.inlineText;
  throw new MalformedXml('has a cell of an unknown kind');
}

/**
 * Reads the cell whose start tag's name ended at `from` into its row, and sets `scannedColumn`; `nextColumn` is where it
 * stands when it does not say so. Returns where it is over.
 */
export function scanCell(
  bytes: Buffer,
  from: number,
  to: number,
  nextColumn: number,
  context: CellContext,
): number {
  let i = from;
  let column = nextColumn;
  let style = 0;
  let holds = Holds.number;
  let byte = 0;
  for (;;) {
    while (i < to && isBlank((byte = bytes[i]!))) i++;
    if (i + 1 >= to) return incomplete;
    if (byte === greaterThan) break;
    if (byte === slash) {
      scannedColumn = column;
      return i + 2;
    }
    const name = byte;
    const nameStart = i;
    while (i < to && (byte = bytes[i]!) !== equals) {
      if (byte === greaterThan || byte === lessThan)
        throw new MalformedXml('has an attribute without a value');
      i++;
    }
    const isShort = i - nameStart === 1;
    do i++;
    while (i < to && isBlank(bytes[i]));
    if (i >= to) return incomplete;
    const mark = bytes[i]!;
    if (mark !== quote && mark !== apostrophe) throw new MalformedXml('has an attribute without quotes');
    const start = ++i;
    while (i < to && bytes[i] !== mark) i++;
    if (i >= to) return incomplete;
    if (isShort) {
      if (name === letterR) column = columnAt(bytes, start, i);
      else if (name === letterS) style = styleAt(bytes, start, i);
      else if (name === letterT) holds = holdsOf(bytes, start, i);
    }
    i++;
  }
  scannedColumn = column;
  return scanContent(bytes, i + 1, to, column, style, holds, context);
}

/** The column of a reference such as `AB12`, from 0. */
export function columnAt(bytes: Buffer, start: number, end: number): number {
  let column = 0;
  let i = start;
  for (; i < end; i++) {
    const letter = (bytes[i]! & 0xdf) - letterA;
    if (letter < 0 || letter > 25 || bytes[i]! < letterA) break;
    column = column * 26 + letter + 1;
  }
  if (i === start || i - start > 3) throw new MalformedXml('has a cell at a place that does not exist');
  return column - 1;
}

function styleAt(bytes: Buffer, start: number, end: number): number {
  let style = 0;
  for (let i = start; i < end; i++) style = style * 10 + bytes[i]! - 0x30;
  return style;
}

function scanContent(
  bytes: Buffer,
  from: number,
  to: number,
  column: number,
  style: number,
  holds: Holds,
  context: CellContext,
): number {
  let i = from;
  let hasFormula = false;
  let hasValue = false;
  for (;;) {
    while (i < to && bytes[i] !== lessThan) i++;
    if (i + 1 >= to) return incomplete;
    if (bytes[i + 1] === slash) {
      if (hasFormula && !hasValue) context.counts.uncomputed++;
      const end = tagEnd(bytes, i, to);
      return end === incomplete ? incomplete : end + 1;
    }
    if (markupAt(bytes, i) === 'other') {
      i = skipOther(bytes, i, to);
    } else {
      const name = i + 1 + context.prefixBytes;
      if (bytes[name] === letterV && bytes[name + 1] === greaterThan) {
        hasValue = holds === Holds.formulaText || bytes[name + 2] !== lessThan;
        i = scanValue(bytes, name + 2, to, column, style, holds, context);
      } else {
        const end = tagEnd(bytes, i, to);
        if (end === incomplete) return incomplete;
        const local = localName(bytes, i);
        const isEmpty = isSelfClosing(bytes, end);
        if (local === 'f') hasFormula = true;
        if (isEmpty) i = end + 1;
        else if (local === 'v') {
          hasValue = true;
          i = scanValue(bytes, end + 1, to, column, style, holds, context);
        } else if (local === 'is') i = scanInline(bytes, end + 1, to, column, context);
        else i = skipElement(bytes, i, to);
      }
    }
    if (i === incomplete) return incomplete;
  }
}

function scanInline(bytes: Buffer, from: number, to: number, column: number, context: CellContext): number {
  const close = scanString(bytes, from, to, context.scratch);
  if (close === incomplete) return incomplete;
  setPiece(context.cells, column, context.scratch, true);
  const end = tagEnd(bytes, close, to);
  return end === incomplete ? incomplete : end + 1;
}

/** Reads the text of a `v` and returns where the `v` is over. */
function scanValue(
  bytes: Buffer,
  from: number,
  to: number,
  column: number,
  style: number,
  holds: Holds,
  context: CellContext,
): number {
  let close = from;
  while (close < to && bytes[close] !== lessThan) close++;
  if (close + 1 >= to) return incomplete;
  if (bytes[close + 1] === slash && holds < Holds.formulaText) {
    setValue(bytes, from, close, column, style, holds, context);
  } else {
    const { scratch } = context;
    scratch.begin();
    close = scanText(bytes, from, to, scratch);
    if (close === incomplete) return incomplete;
    setValue(scratch.bytes, scratch.piece, scratch.length, column, style, holds, context);
  }
  const end = tagEnd(bytes, close, to);
  return end === incomplete ? incomplete : end + 1;
}

function setValue(
  bytes: Buffer,
  start: number,
  end: number,
  column: number,
  style: number,
  holds: Holds,
  { rules, cells, scratch, counts }: CellContext,
): void {
  switch (holds) {
    case Holds.number: {
      const kind = rules.kinds[style] ?? plainKind;
      setNumber(cells, column, bytes, start, end, kind, rules.is1904, scratch, counts);
      break;
    }
    case Holds.shared:
      setShared(cells, column, bytes, start, end, rules.strings, scratch);
      break;
    case Holds.boolean:
      setBoolean(cells, column, bytes, start);
      break;
    case Holds.error:
      counts.errors++;
      setNull(cells, column);
      break;
    case Holds.isoDay:
      setIsoDay(cells, column, scratch);
      break;
    default:
      setPiece(cells, column, scratch, true);
  }
}
