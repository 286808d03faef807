import type { RowSink } from '../row-sink.js';
import type { Items } from './items.js';
import type { JsonLayout } from './layout.js';
import { countLines } from './count-lines.js';
import { bracketOpen, incomplete, MalformedJson, skipSpace, toClosing } from './scan-json.js';
import { TailScanner } from './tail-scanner.js';

const comma = 0x2c;
const lf = 0x0a;
const cr = 0x0d;
const recordSeparator = 0x1e;

/** How much may be read again in one file since lines were no JSON, in bytes: a bound on the work. */
const readAgainBytesMax = 1024 ** 3;

/**
 * Takes the item in `bytes[start..end)`, which was scanned last; `position` is its number in an array, or the line on which
 * it begins, from 1.
 */
export type TakeItem = (bytes: Buffer, start: number, end: number, position: number) => void;

/**
 * Goes through the items of one file, over as many chunks as it comes in: the elements of an array and then what stands
 * behind it, or values one after the other.
 *
 * Where an array is no JSON, nobody can tell what the rest of the file was meant to be. Of values one after the other,
 * a line goes lost and the next one is as good as if nothing had been.
 */
export class JsonScan {
  /** How many items were complete. */
  count = 0;
  readonly tail: TailScanner;
  /** The line at which the scan of a sequence stands. */
  private line = 1;
  private expects: 'first' | 'element' | 'separator' | 'tail' = 'first';
  private readAgainBytes = 0;

  constructor(
    private readonly layout: JsonLayout,
    private readonly items: Items,
    /** Where lines go that are no JSON. */
    private readonly sink: RowSink,
    private readonly take: TakeItem,
  ) {
    this.tail = new TailScanner(layout.enclosing.slice(0, -1));
  }

  /** Where the scan stands, for messages; `null` behind the rows. */
  get place(): string | null {
    if (this.layout.holds === 'sequence') return `in the row of line ${this.line}`;
    if (this.expects === 'tail') return null;
    return this.expects === 'separator' ? `behind row ${this.count}` : `in row ${this.count + 1}`;
  }

  /**
   * Scans complete items and returns where the first incomplete one begins. With `atEnd` nothing comes after these bytes.
   *
   * @throws MalformedJson
   */
  scan(bytes: Buffer, atEnd: boolean): number {
    if (this.layout.holds === 'sequence') return this.scanSequence(bytes, atEnd);
    let end = this.expects === 'tail' ? 0 : this.scanArray(bytes);
    if (this.expects === 'tail') {
      this.tail.scan(bytes, end, bytes.length);
      end = bytes.length;
    }
    if (atEnd && !(this.expects === 'tail' && this.tail.isClosed)) {
      throw new MalformedJson('the file ends too early', bytes.length);
    }
    return end;
  }

  private scanArray(bytes: Buffer): number {
    const to = bytes.length;
    let i = 0;
    for (;;) {
      i = skipSpace(bytes, i, to);
      if (i === to) return i;
      const c = bytes[i]!;
      if (c === bracketOpen + toClosing && (this.expects === 'first' || this.expects === 'separator')) {
        this.expects = 'tail';
        return i + 1;
      }
      if (this.expects === 'separator') {
        if (c !== comma) throw new MalformedJson('a comma or a closing bracket is expected', i);
        this.expects = 'element';
        i++;
        continue;
      }
      const end = this.items.scan(bytes, i, to);
      if (end === incomplete) return i;
      this.take(bytes, i, end, ++this.count);
      this.expects = 'separator';
      i = end;
    }
  }

  private scanSequence(bytes: Buffer, atEnd: boolean): number {
    const to = bytes.length;
    let i = 0;
    for (;;) {
      i = this.skipLines(bytes, i, to);
      if (i === to) return i;
      const end = this.scanValue(bytes, i, to, atEnd);
      if (end === incomplete) return i;
      this.line += countLines(bytes, i, end);
      i = end;
    }
  }

  /** Scans a value of a sequence, or passes over a line that is none, and returns where that ends. */
  private scanValue(bytes: Buffer, at: number, to: number, atEnd: boolean): number {
    try {
      const end = this.items.scan(bytes, at, to);
      if (end !== incomplete) {
        this.count++;
        this.take(bytes, at, end, this.line);
        return end;
      }
      return atEnd ? this.rejectLine(bytes, at, to, to) : incomplete;
    } catch (error) {
      if (!(error instanceof MalformedJson)) throw error;
      return this.rejectLine(bytes, at, atEnd ? to : incomplete, error.at);
    }
  }

  /** `noLineEnd` is what comes of it when the line does not end in these bytes. */
  private rejectLine(bytes: Buffer, at: number, noLineEnd: number, failedAt: number): number {
    const lineEnd = bytes.indexOf(lf, at);
    const end = lineEnd === -1 ? noLineEnd : lineEnd;
    if (end === incomplete) return incomplete;
    this.readAgainBytes += Math.max(0, failedAt - end);
    if (this.readAgainBytes > readAgainBytesMax) throw new MalformedJson('too many lines are no JSON', at);
    const contentEnd = end > at && bytes[end - 1] === cr ? end - 1 : end;
    this.sink.rejectRow(this.line, 'json-invalid', bytes, at, contentEnd);
    return end;
  }

  /** Passes over blanks, line ends and record separators. */
  private skipLines(bytes: Buffer, at: number, to: number): number {
    let i = at;
    for (;;) {
      const next = skipSpace(bytes, i, to);
      for (; i < next; i++) if (bytes[i] === lf) this.line++;
      if (next === to || bytes[next] !== recordSeparator) return next;
      i = next + 1;
    }
  }
}
