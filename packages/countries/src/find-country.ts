import { createRequire } from 'node:module';
import type countriesOfIso from 'i18n-iso-countries';
import { normaliseName } from './normalise-name.js';
import { otherNames } from './other-names.js';

/** The names and codes of all countries, without what people write in different ways. */
interface Gazetteer {
  readonly names: ReadonlyMap<string, string>;
  readonly codes: ReadonlyMap<string, string>;
}

const require = createRequire(import.meta.url);
let gazetteer: Gazetteer | undefined;

/** Codes that statistics use beside ISO's. */
const otherCodes: Readonly<Record<string, string>> = { EL: 'GR', UK: 'GB', XKX: 'XK' };

/**
 * The alpha-2 code of the country that a text names, in any of the languages of the dictionaries, whatever its case,
 * accents, articles and punctuation; `null` when it names none. What names one country in one language and another in
 * another one names none.
 */
export function countryOfName(text: string): string | null {
  return loadGazetteer().names.get(normaliseName(text)) ?? null;
}

/** The alpha-2 code of the country that has an ISO 3166-1 code: of two or three capital letters, or three digits. */
export function countryOfCode(text: string): string | null {
  return loadGazetteer().codes.get(text) ?? null;
}

/** Read when first asked for: most processes never are. */
function loadGazetteer(): Gazetteer {
  gazetteer ??= makeGazetteer(require('i18n-iso-countries') as typeof countriesOfIso);
  return gazetteer;
}

function makeGazetteer(iso: typeof countriesOfIso): Gazetteer {
  const codes = new Map<string, string>(Object.entries(otherCodes));
  for (const [alpha2, alpha3] of Object.entries(iso.getAlpha2Codes())) {
    codes.set(alpha2, alpha2).set(alpha3, alpha2);
    codes.set(iso.alpha2ToNumeric(alpha2)!, alpha2);
  }
  const names = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const language of iso.getSupportedLanguages()) {
    for (const [country, given] of Object.entries(iso.getNames(language, { select: 'all' }))) {
      for (const name of given) {
        const key = normaliseName(name);
        if (key === '') continue;
        if ((names.get(key) ?? country) !== country) ambiguous.add(key);
        names.set(key, country);
      }
    }
  }
  for (const key of ambiguous) names.delete(key);
  // These decide also where the dictionaries do not agree.
  for (const [country, given] of Object.entries(otherNames)) {
    for (const name of given.split('|')) names.set(normaliseName(name), country);
  }
  return { names, codes };
}
