const namedMax = 6;
const nameCharactersMax = 60;

/** Says what there is, by names. */
export function describeNames(names: readonly string[]): string {
  if (names.length === 0) return 'there is none';
  return names.length === 1 ? `there is only ${listNames(names)}` : `there are ${listNames(names)}`;
}

/** Names of members or layers in a sentence: the first of them, and that there are more. */
export function listNames(names: readonly string[]): string {
  const named = names
    .slice(0, namedMax)
    .map((name) => Array.from(name.replace(/\p{C}/gu, '?')).slice(0, nameCharactersMax).join(''))
    .join(', ');
  return names.length > namedMax ? `${named} and ${names.length - namedMax} more` : named;
}
