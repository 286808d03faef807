import type { RejectReason } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import { compactValue, decoded, decodeString, loneHalves } from './decode-string.js';
import {
  braceOpen,
  bracketOpen,
  incomplete,
  scalarIsNull,
  scanScalar,
  scanString,
  skipValue,
  stringHasNul,
  stringIsEscaped,
  valueIsSpaced,
} from './scan-json.js';

const quote = 0x22;
const dash = 0x2d;
const zero = 0x30;
const nine = 0x39;

const absent = 0;
const plain = 1;
const text = 2;
const escapedText = 3;
const nested = 4;
const spacedNested = 5;

/**
 * The values of the row that is being scanned: where they stand in the bytes, by column. Nothing of a row is handed on
 * before its end, since a later value of a name replaces an earlier one, and a row may turn out to be none.
 */
export class RowCells {
  /** How many columns the row has, as far as it was scanned. */
  width = 0;
  /** Halves of surrogate pairs that stood alone, in all rows that were handed on. */
  loneHalves = 0;
  private hasNul = false;
  private kinds = new Uint8Array(64);
  private starts = new Uint32Array(64);
  private ends = new Uint32Array(64);

  /** `guessesTimes` hands on texts that look like a date or a time as if they were not quoted. */
  constructor(private readonly guessesTimes: boolean) {}

  /** Forgets the row. */
  clear(): void {
    this.kinds.fill(absent);
    this.width = 0;
    this.hasNul = false;
  }

  /** Why the row cannot be stored; `null` when it can. */
  problem(): RejectReason | null {
    return this.hasNul ? 'text-has-nul' : null;
  }

  /** Scans a value for a column, from its first byte, and returns its end. */
  scan(bytes: Buffer, at: number, to: number, column: number): number {
    if (column >= this.width) this.width = column + 1;
    if (column >= this.kinds.length) this.grow(column + 1);
    const c = bytes[at]!;
    if (c === quote) {
      const end = scanString(bytes, at + 1, to);
      if (end === incomplete) return incomplete;
      this.hasNul ||= stringHasNul;
      this.set(column, stringIsEscaped ? escapedText : text, at + 1, end);
      return end + 1;
    }
    if (c === braceOpen || c === bracketOpen) {
      const end = skipValue(bytes, at, to);
      this.set(column, valueIsSpaced ? spacedNested : nested, at, end);
      return end;
    }
    const end = scanScalar(bytes, at, to);
    this.set(column, scalarIsNull ? absent : plain, at, end);
    return end;
  }

  /** Hands on the fields of the row, those of the columns from `first` to before `end`. */
  feed(bytes: Buffer, first: number, columnsEnd: number, sink: RowSink): void {
    if (columnsEnd > this.kinds.length) this.grow(columnsEnd);
    const { kinds, starts, ends } = this;
    for (let column = first; column < columnsEnd; column++) {
      const start = starts[column]!;
      const end = ends[column]!;
      switch (kinds[column]) {
        case absent:
          sink.field(bytes, 0, 0, false);
          break;
        case plain:
          sink.field(bytes, start, end, false);
          break;
        case escapedText: {
          const length = decodeString(bytes, start, end);
          this.loneHalves += loneHalves;
          sink.field(decoded, 0, length, true);
          break;
        }
        case spacedNested: {
          const length = compactValue(bytes, start, end);
          sink.field(decoded, 0, length, true);
          break;
        }
        case text:
          sink.field(bytes, start, end, !this.guessesTimes || !looksLikeTime(bytes, start, end));
          break;
        default:
          sink.field(bytes, start, end, true);
      }
    }
  }

  private set(column: number, kind: number, start: number, end: number): void {
    this.kinds[column] = kind;
    this.starts[column] = start;
    this.ends[column] = end;
  }

  private grow(columns: number): void {
    const grown = <T extends Uint8Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const length = Math.max(columns, 2 * this.kinds.length);
    this.kinds = grown(this.kinds, new Uint8Array(length));
    this.starts = grown(this.starts, new Uint32Array(length));
    this.ends = grown(this.ends, new Uint32Array(length));
  }
}

/** Whether a text begins with a date as ISO 8601 writes it, which is no other thing either. */
function looksLikeTime(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 10 || bytes[start + 4] !== dash || bytes[start + 7] !== dash) return false;
  for (let i = 0; i < 10; i++) {
    const c = bytes[start + i]!;
    if (i !== 4 && i !== 7 && (c < zero || c > nine)) return false;
  }
  return true;
}
