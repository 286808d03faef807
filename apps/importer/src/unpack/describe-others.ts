import { tell } from './admit-entry.js';

/** A report must fit into one event, and nobody reads more. */
const namedMax = 20;

/** Says which other tables an archive holds, in a sentence; nothing when there are none. */
export function describeOthers(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > namedMax ? `, and ${names.length - namedMax} more` : '';
  return [`Also in the archive: ${names.slice(0, namedMax).map(tell).join(', ')}${more}.`];
}
