const recordSeparator = 0x1e;

/** Whether a file begins as JSON does that can hold a table; `start` is its beginning without a byte order mark and blanks. */
export function isJson(head: Buffer, start: string): boolean {
  return head[0] === recordSeparator || /^\{\s*["}]|^\[\s*[{["]|^\[\s*\]\s*$/.test(start);
}
