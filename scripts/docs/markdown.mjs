/** The first line of every generated document. */
export const generatedNote =
  '<!-- Written by scripts/generate-docs.mjs from the code. Change the code instead. -->';

/** A table; cells are Markdown, in which a bar would end the cell. */
export function table(headings, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/** With a capital at its beginning and a full stop at its end. */
export function sentence(text) {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

/** Words in a row: "a", "a and b", "a, b and c". */
export function enumerate(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Items by their name, in the order in which names first appear. */
export function groupByName(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.name, [...(groups.get(item.name) ?? []), item]);
  return groups;
}
