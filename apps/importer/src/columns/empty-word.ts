/** Words that stand for no value, but for case. */
const emptyWords = new Set(['null', 'na', 'n/a', '#n/a', '-']);
const wordLengthMax = 4;

/**
 * Whether a value, without surrounding blanks, is a word for nothing: `NULL`, `NA`, `N/A`, `#N/A`, `-` or `\N`. It
 * counts as nothing in columns that have a type; in text it stays. `none` is not among them, since it may mean zero.
 */
export function isEmptyWord(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > wordLengthMax) return false;
  const word = bytes.toString('latin1', start, end);
  return word === '\\N' || emptyWords.has(word.toLowerCase());
}
