/** Numbers that are plausible as years: a table with a column for each year has them as headers. */
const yearMin = 1800;
const yearMax = 2200;

/**
 * Tells whether the first record of a file names the columns. It does unless one of its fields is a number
 * that is not a year: names are not numbers, and data with no number at all cannot be told from names.
 */
export function isHeader(fields: readonly string[]): boolean {
  return !fields.some((field) => {
    const text = field.trim();
    if (!/^-?\d+([.,]\d+)?$/.test(text)) return false;
    const number = Number(text.replace(',', '.'));
    return !(Number.isInteger(number) && text.length === 4 && number >= yearMin && number <= yearMax);
  });
}
