import { describe, expect, it } from '@jest/globals';
import { countryOfCode, countryOfName } from './find-country.js';

describe('countryOfName', () => {
  it.each<[string, string]>([
    ['ES', 'Spain|España|espana|SPAIN|Spanje|Spanien|L’Espagne|Испания|スペイン|إسبانيا'],
    ['DE', 'Germany|Deutschland|Allemagne|Alemania|Германия|Duitsland'],
    ['CI', "Côte d'Ivoire|Cote d’Ivoire|COTE DIVOIRE|Ivory Coast|Elfenbeinküste|Costa de Marfil"],
    ['NL', 'Netherlands|the Netherlands|Netherlands, The|Nederland|Pays-Bas|Los Países Bajos|Holland'],
    [
      'US',
      'USA|U.S.A.|US|United States|United States of America|the United States|Estados Unidos|Vereinigte Staaten von Amerika',
    ],
    ['GB', 'UK|U.K.|United Kingdom|Great Britain|Royaume-Uni|Vereinigtes Königreich'],
    ['RU', 'Russia|Russian Federation|Россия|Rusia|Russland'],
    ['CZ', 'Czechia|Czech Republic|Česko|Tschechien'],
    ['TR', 'Türkiye|Turkiye|Turkey|Türkei|TURQUÍA'],
    ['KR', 'South Korea|Korea, South|Korea, Rep.|Republic of Korea|Korea (the Republic of)|대한민국'],
    ['KP', "North Korea|Korea, Dem. People's Rep.|DPRK"],
    ['CD', 'Congo, Dem. Rep.|DR Congo|Democratic Republic of the Congo|Congo (Kinshasa)'],
    ['CG', 'Congo|Congo, Rep.|Republic of the Congo|Congo-Brazzaville'],
    ['IR', 'Iran|Iran, Islamic Rep.|Iran (Islamic Republic of)'],
    ['BO', 'Bolivia (Plurinational State of)|Bolivia'],
    ['VN', 'Viet Nam|Vietnam'],
    ['GW', 'Guinea-Bissau|Guinea Bissau|GuineaBissau'],
    ['LC', 'Saint Lucia|St. Lucia|St Lucia'],
    ['BA', 'Bosnia and Herzegovina|Bosnia & Herzegovina'],
    ['SZ', 'Eswatini|Swaziland'],
    ['MK', 'North Macedonia|Macedonia'],
    ['XK', 'Kosovo'],
    ['AX', 'Åland|Aland Islands'],
    ['GR', 'Greece|Ελλάδα|Griechenland'],
    ['JP', '日本|Japan|Japón|Япония'],
    ['BS', 'The Bahamas|Bahamas, The'],
    ['GE', 'Georgia'],
    ['NE', 'Niger'],
    ['NG', 'Nigeria'],
  ])('finds %s in %s', (country, names) => {
    for (const name of names.split('|')) expect([name, countryOfName(name)]).toEqual([name, country]);
  });

  it.each([
    '',
    ' ',
    '-',
    '42',
    'Madrid',
    'Yugoslavia',
    'England and Wales',
    'Spain and Portugal',
    'The',
    'Total',
    'DE',
  ])('finds none in %j', (text) => {
    expect(countryOfName(text)).toBeNull();
  });

  it('finds none in a name that different languages have for different countries', () => {
    // Portuguese for both Saint Martin and Sint Maarten.
    expect(countryOfName('São Martinho')).toBeNull();
  });
});

describe('countryOfCode', () => {
  it.each([
    ['ES', 'ES'],
    ['ESP', 'ES'],
    ['724', 'ES'],
    ['004', 'AF'],
    ['UK', 'GB'],
    ['EL', 'GR'],
    ['XK', 'XK'],
    ['es', null],
    ['Esp', null],
    ['4', null],
    ['ZZ', null],
    ['', null],
  ])('of %j is %j', (code, country) => {
    expect(countryOfCode(code)).toBe(country);
  });
});
