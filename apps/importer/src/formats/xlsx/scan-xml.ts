const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const exclamation = 0x21;
const question = 0x3f;
const quote = 0x22;
const apostrophe = 0x27;
const colon = 0x3a;
const equals = 0x3d;

/** Says what is wrong, to follow the name of the part that is: “… has an & that begins nothing”. */
export class MalformedXml extends Error {}

/** There are not enough bytes yet. */
export const incomplete = -1;

const commentStart = Buffer.from('<!--');
const cdataStart = Buffer.from('<![CDATA[');
const commentEnd = Buffer.from('-->');
const cdataEnd = Buffer.from(']]>');
const instructionEnd = Buffer.from('?>');

/** Whether a byte separates names and attributes. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether what begins with `<` at `at` is a start tag, an end tag, or what is neither. */
export function markupAt(bytes: Buffer, at: number): 'start' | 'end' | 'other' {
  const next = bytes[at + 1];
  if (next === slash) return 'end';
  return next === exclamation || next === question ? 'other' : 'start';
}

/** Where the next `<` is that has a byte behind it, or `incomplete`. */
export function nextMarkup(bytes: Buffer, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== lessThan) i++;
  return i + 1 < to ? i : incomplete;
}

/** Where the `>` of the tag is that begins at `at`; one in an attribute's value is another. */
export function tagEnd(bytes: Buffer, at: number, to: number): number {
  for (let i = at + 1; i < to; i++) {
    const byte = bytes[i]!;
    if (byte === greaterThan) return i;
    if (byte === lessThan) throw new MalformedXml('has a tag within a tag');
    if (byte === quote || byte === apostrophe) {
      do i++;
      while (i < to && bytes[i] !== byte);
    }
  }
  return incomplete;
}

/** Whether the tag that ends with the `>` at `end` is a start tag and an end tag in one. */
export function isSelfClosing(bytes: Buffer, end: number): boolean {
  return bytes[end - 1] === slash;
}

/** The name, without its prefix, of the start or end tag at `at`, which must be complete. */
export function localName(bytes: Buffer, at: number): string {
  let start = at + (bytes[at + 1] === slash ? 2 : 1);
  let end = start;
  for (let byte; (byte = bytes[end]) !== undefined; end++) {
    if (byte === greaterThan || byte === slash || isBlank(byte)) break;
    if (byte === colon) start = end + 1;
  }
  return bytes.toString('latin1', start, end);
}

/** The prefix of the names in a part, with its colon, by its root's start tag at `at`. */
export function prefixOf(bytes: Buffer, at: number): string {
  return /^<([\w.-]+:)?/.exec(bytes.toString('latin1', at, at + 64))?.[1] ?? '';
}

/** The value of an attribute without a prefix in the start tag `bytes[at..end)`, as it is written; `null` without. */
export function attributeOf(bytes: Buffer, at: number, end: number, name: string): string | null {
  let i = at + 1;
  while (i < end && !isBlank(bytes[i])) i++;
  while (i < end) {
    while (i < end && isBlank(bytes[i])) i++;
    const nameStart = i;
    while (i < end && bytes[i] !== equals && !isBlank(bytes[i])) i++;
    const nameEnd = i;
    while (i < end && (isBlank(bytes[i]) || bytes[i] === equals)) i++;
    const mark = bytes[i];
    if (mark !== quote && mark !== apostrophe) return null;
    const valueEnd = bytes.indexOf(mark, i + 1);
    if (valueEnd === -1 || valueEnd >= end) return null;
    if (bytes.toString('latin1', nameStart, nameEnd) === name) return bytes.toString('utf8', i + 1, valueEnd);
    i = valueEnd + 1;
  }
  return null;
}

/**
 * Where what begins at `at`, neither start nor end tag, is over: a comment, an instruction, or text as it stands.
 *
 * @throws MalformedXml for a document type: no part of a workbook has one, and only attacks would profit from it
 */
export function skipOther(bytes: Buffer, at: number, to: number): number {
  if (bytes[at + 1] === question) return after(bytes, at, to, instructionEnd);
  const isComment = startsWith(bytes, at, to, commentStart);
  if (isComment === true) return after(bytes, at + 4, to, commentEnd);
  const isText = startsWith(bytes, at, to, cdataStart);
  if (isText === true) return after(bytes, at, to, cdataEnd);
  if (isComment === null || isText === null) return incomplete;
  throw new MalformedXml('has a document type, which workbooks never have');
}

/** The text of what begins at `at` and ends at `end`, when it is text as it stands: where it begins; else `null`. */
export function verbatimStart(bytes: Buffer, at: number, end: number): number | null {
  return startsWith(bytes, at, end, cdataStart) === true ? at + cdataStart.length : null;
}

/** How much of `]]>` ends text as it stands. */
export const verbatimEndBytes = cdataEnd.length;

/** Where the element that begins at `at` is over, with all that is in it. */
export function skipElement(bytes: Buffer, at: number, to: number): number {
  let depth = 0;
  let i = at;
  do {
    i = nextMarkup(bytes, i, to);
    if (i === incomplete) return incomplete;
    const kind = markupAt(bytes, i);
    if (kind === 'other') {
      i = skipOther(bytes, i, to);
      if (i === incomplete) return incomplete;
      continue;
    }
    const end = tagEnd(bytes, i, to);
    if (end === incomplete) return incomplete;
    if (kind === 'end') depth--;
    else if (!isSelfClosing(bytes, end)) depth++;
    i = end + 1;
  } while (depth > 0);
  return i;
}

function after(bytes: Buffer, from: number, to: number, mark: Buffer): number {
  const at = bytes.subarray(0, to).indexOf(mark, from);
  return at === -1 ? incomplete : at + mark.length;
}

/** `null` when there are not enough bytes to tell. */
function startsWith(bytes: Buffer, at: number, to: number, mark: Buffer): boolean | null {
  const seen = bytes.subarray(at, Math.min(to, at + mark.length));
  if (!mark.subarray(0, seen.length).equals(seen)) return false;
  return seen.length === mark.length ? true : null;
}
