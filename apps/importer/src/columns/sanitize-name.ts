/** Longest name that PostgreSQL keeps, in bytes; our names are ASCII. */
export const nameCharactersMax = 63;

/** Latin letters that do not come apart into a letter and an accent, and Cyrillic, by usual transliteration. */
const transliterations: Record<string, string> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i',
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i', к: 'k', л: 'l',
  м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh',
  щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya', і: 'i', ї: 'i', є: 'ye', ґ: 'g',
}; // prettier-ignore

/** Lower case, without accents, Cyrillic in Latin letters; other scripts are left as they are. */
export function transliterate(text: string): string {
  const lower = text.normalize('NFC').toLowerCase();
  return Array.from(lower, (character) => transliterations[character] ?? character)
    .join('')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
}

/** The first of `name`, `name_1`, `name_2`, … that is not taken, within the length that PostgreSQL keeps. */
export function freeName(
  name: string,
  isTaken: (candidate: string) => boolean,
  attemptsMax = 10_000,
): string | null {
  const cut = name.slice(0, nameCharactersMax);
  if (!isTaken(cut)) return cut;
  for (let n = 1; n <= attemptsMax; n++) {
    const suffix = `_${n}`;
    const candidate = name.slice(0, nameCharactersMax - suffix.length) + suffix;
    if (!isTaken(candidate)) return candidate;
  }
  return null;
}
