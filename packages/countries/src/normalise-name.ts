/** Letters that have no accent to lose but another letter for it. */
const plainLetters: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  ı: 'i',
  þ: 'th',
};

/** Words that say nothing: the articles of the languages in which countries have them. */
const articles = new Set(
  'the la le les l el los las der die das il lo gli i o a os as het de den det'.split(' '),
);

/** What words are short for. */
const longWords: Readonly<Record<string, string>> = {
  st: 'saint',
  ste: 'sainte',
  rep: 'republic',
  dem: 'democratic',
  fed: 'federated',
  sts: 'states',
  is: 'islands',
};

/**
 * A name without what people write in different ways: case, accents, punctuation, blanks, articles. Two names of a
 * country that differ in nothing else become equal; empty when there is no letter in it.
 */
export function normaliseName(name: string): string {
  const words = name
    .normalize('NFKD')
    // The accents of Latin, Greek and Cyrillic; in other scripts marks are vowels.
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[øłßæœđðıþ]/g, (letter) => plainLetters[letter]!)
    .replace(/(^|\s)l['’]/g, '$1')
    .replace(/['’‘ʻ`´ʼ.]/g, '')
    .replace(/&/g, ' and ')
    .split(/[^\p{L}\p{M}]+/u)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !articles.has(word));
  return (telling.length === 0 ? words : telling).map((word) => longWords[word] ?? word).join('');
}
