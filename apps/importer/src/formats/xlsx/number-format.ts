/** How a number in a cell is meant, by the format that it is shown in. */
export type CellKind = number;

/** A number as it is; percentages and currencies too. */
export const plainKind = 0;
/** Days since the workbook's epoch, shown as a day. */
export const dateKind = 1;
/** A fraction of a day, shown as the time of day. */
export const timeKind = 2;
/** Days with a fraction, shown as day and time. */
export const timestampKind = 3;
/** Days with a fraction, shown as hours that go on beyond 24. */
export const durationKind = 4;
/** A whole number shown with zeros before it; so many digits follow as are beyond this. */
export const paddedKind = 16;
const paddedDigitsMax = 40;

/** The formats that have a number but are not written in the file: those of all languages, then of East Asia. */
const builtIn = new Map<number, CellKind>([
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map(
    (id) => [id, dateKind] as const,
  ),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56].map((id) => [id, timeKind] as const),
  [22, timestampKind],
  [46, durationKind],
]);

/** What a format of the given number means that the file does not write out. */
export function builtInKind(id: number): CellKind {
  return builtIn.get(id) ?? plainKind;
}

/**
 * Tells from a format as a workbook writes it what its numbers mean. Only what is shown for positive numbers, the first
 * section, counts.
 */
export function kindOfFormat(code: string): CellKind {
  const letters = lettersOf(code);
  if (letters === null) return durationKind;
  if (/^0{2,}$/.test(letters) && letters.length <= paddedDigitsMax) return paddedKind + letters.length;
  if (/^general/i.test(letters)) return plainKind;
  // Next to hours or seconds an m is minutes, else months.
  const marked = letters
    .toLowerCase()
    .replace(/am\/pm|a\/p/g, 'h')
    .replace(/e[+-]/g, '');
  const parts = marked.match(/y+|b+|e+|g+|m+|d+|h+|s+/g) ?? [];
  const isMinutes = (at: number): boolean =>
    parts[at]![0] === 'm' && (parts[at - 1]?.[0] === 'h' || parts[at + 1]?.[0] === 's');
  const hasTime = parts.some((part, at) => /[hs]/.test(part[0]!) || isMinutes(at));
  const hasDate = parts.some((part, at) => /[ybegd]/.test(part[0]!) || (part[0] === 'm' && !isMinutes(at)));
  if (hasDate) return hasTime ? timestampKind : dateKind;
  return hasTime ? timeKind : plainKind;
}

/** The first section without texts, colours, conditions, languages and spaces; `null` when hours go on beyond 24. */
function lettersOf(code: string): string | null {
  let letters = '';
  for (let i = 0; i < code.length; i++) {
    const character = code[i]!;
    if (character === ';') break;
    if (character === '"') {
      const end = code.indexOf('"', i + 1);
      i = end === -1 ? code.length : end;
    } else if (character === '\\' || character === '_' || character === '*') {
      i++;
    } else if (character === '[') {
      const end = code.indexOf(']', i);
      const inner = code.slice(i + 1, end === -1 ? code.length : end);
      if (/^(h+|m+|s+)$/i.test(inner)) return null;
      i = end === -1 ? code.length : end;
    } else letters += character;
  }
  return letters;
}
