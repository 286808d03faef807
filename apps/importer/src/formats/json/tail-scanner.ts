import { braceOpen, bracketOpen, MalformedJson, nestingMax, toClosing } from './scan-json.js';

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const space = 0x20;
const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;

/** A `crs` member is short; of a longer one nothing is kept but that. */
const crsBytesMax = 4_096;
const crsName = 'crs';

/**
 * Follows what stands behind the rows, however much it is, in constant memory: to see that everything is closed that was
 * opened and that nothing comes after it, and to find a `crs` member of the object that holds the rows.
 */
export class TailScanner {
  private readonly open: number[];
  /** How much is open where the members of the object that holds the rows stand. */
  private readonly level: number;
  private isInString = false;
  private isEscaped = false;
  private isInValue = true;
  private name = '';
  private value: number[] | null = null;
  private found: string | null = null;

  /** `enclosing` are the opening bytes of what is still open behind the rows. */
  constructor(enclosing: readonly number[]) {
    this.open = [...enclosing];
    this.level = enclosing.length;
  }

  /** The text of the `crs` member, if there was one. */
  get crs(): string | null {
    return this.found;
  }

  /** Whether everything is closed. */
  get isClosed(): boolean {
    return this.open.length === 0;
  }

  /** @throws MalformedJson */
  scan(bytes: Buffer, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const c = bytes[i]!;
      if (this.value !== null && this.value.length < crsBytesMax) this.value.push(c);
      if (this.isInString) this.takeOfString(c);
      else if (c !== space && c !== lf && c !== cr && c !== tab) this.takeOutside(c, i);
    }
  }

  private takeOfString(c: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (c === backslash) this.isEscaped = true;
    else if (c === quote) this.isInString = false;
    else if (!this.isInValue && this.name.length <= crsName.length) this.name += String.fromCharCode(c);
  }

  private takeOutside(c: number, at: number): void {
    const { open, level } = this;
    if (open.length === 0) throw new MalformedJson('something follows behind the end', at);
    if (c === quote) {
      this.isInString = true;
      if (!this.isInValue) this.name = '';
    } else if (c === braceOpen || c === bracketOpen) {
      if (open.length === nestingMax) {
        throw new MalformedJson(`more than ${nestingMax} values stand in each other`, at);
      }
      open.push(c);
    } else if (c === braceOpen + toClosing || c === bracketOpen + toClosing) {
      if (open.length === level) this.endValue();
      if (open.pop() !== c - toClosing) throw new MalformedJson('a bracket closes what is not open', at);
    } else if (open.length === level && c === comma) {
      this.endValue();
      this.isInValue = false;
    } else if (open.length === level && c === colon) {
      this.isInValue = true;
      if (this.name === crsName) this.value = [];
    }
  }

  private endValue(): void {
    if (this.value === null) return;
    this.found = Buffer.from(this.value.slice(0, -1)).toString();
    this.value = null;
  }
}
