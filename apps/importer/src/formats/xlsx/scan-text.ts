import {
  attributeOf,
  incomplete,
  isBlank,
  isSelfClosing,
  localName,
  MalformedXml,
  markupAt,
  nextMarkup,
  skipElement,
  skipOther,
  tagEnd,
  verbatimEndBytes,
  verbatimStart,
} from './scan-xml.js';
import type { TextBuffer } from '../text-buffer.js';
import { isEscaped, unescapeText } from './unescape-text.js';

/**
 * Appends the text of the element whose start tag ended before `from` to the piece in `out`; comments are left out.
 * Returns where its end tag begins.
 */
export function scanText(bytes: Buffer, from: number, to: number, out: TextBuffer): number {
  let i = from;
  for (;;) {
    const next = nextMarkup(bytes, i, to);
    if (next === incomplete) return incomplete;
    appendUnescaped(bytes, i, next, out);
    const kind = markupAt(bytes, next);
    if (kind === 'end') return next;
    if (kind === 'start') throw new MalformedXml('has an element in a text');
    i = skipOther(bytes, next, to);
    if (i === incomplete) return incomplete;
    const verbatim = verbatimStart(bytes, next, i);
    if (verbatim !== null) out.append(bytes, verbatim, i - verbatimEndBytes);
  }
}

function appendUnescaped(bytes: Buffer, start: number, end: number, out: TextBuffer): void {
  if (!isEscaped(bytes, start, end)) {
    out.append(bytes, start, end);
    return;
  }
  out.reserve(end - start);
  unescapeText(bytes, start, end, out);
}

/**
 * Puts a string together in `out`, as a piece of its own: the text of an item of the shared strings, or in a cell,
 * whose start tag ended before `from`. Formatted runs are joined, what tells how to pronounce them is left out. Blanks
 * around a text count only where it says so, as in Excel. Returns where the item's end tag begins.
 */
export function scanString(bytes: Buffer, from: number, to: number, out: TextBuffer): number {
  out.begin();
  let depth = 0;
  let i = from;
  for (;;) {
    i = nextMarkup(bytes, i, to);
    if (i === incomplete) return incomplete;
    const kind = markupAt(bytes, i);
    if (kind === 'other') {
      i = skipOther(bytes, i, to);
    } else if (kind === 'end') {
      if (depth === 0) return i;
      depth--;
      i = afterTag(bytes, i, to);
    } else {
      const end = tagEnd(bytes, i, to);
      if (end === incomplete) return incomplete;
      const name = localName(bytes, i);
      if (isSelfClosing(bytes, end)) i = end + 1;
      else if (name === 't') i = scanRun(bytes, i, end, to, out);
      else if (name === 'r') {
        depth++;
        i = end + 1;
      } else i = skipElement(bytes, i, to);
    }
    if (i === incomplete) return incomplete;
  }
}

function scanRun(bytes: Buffer, at: number, end: number, to: number, out: TextBuffer): number {
  const before = out.length - out.piece;
  const close = scanText(bytes, end + 1, to, out);
  if (close === incomplete) return incomplete;
  if (attributeOf(bytes, at, end, 'xml:space') !== 'preserve') trimFrom(out, out.piece + before);
  return afterTag(bytes, close, to);
}

function trimFrom(out: TextBuffer, start: number): void {
  let first = start;
  while (out.length > start && isBlank(out.bytes[out.length - 1])) out.length--;
  while (first < out.length && isBlank(out.bytes[first])) first++;
  if (first === start) return;
  out.bytes.copyWithin(start, first, out.length);
  out.length -= first - start;
}

function afterTag(bytes: Buffer, at: number, to: number): number {
  const end = tagEnd(bytes, at, to);
  return end === incomplete ? incomplete : end + 1;
}
