import { describe, expect, it } from '@jest/globals';
import { type CatalogueEntry, errorCatalogue } from './catalogue.js';
import { syncErrorCodes } from './sync-error-code.js';

/** The integers that CARTO's clients have a meaning for. */
const cartoCodes = new Set([
  1, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016,
  1017, 1018, 1019, 1020, 1021, 1022, 1023, 1100, 1101, 1102, 1103, 1500, 1501, 1502, 2001, 2002, 2003, 2004,
  2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012, 2013, 2014, 3007, 3008, 3009, 3101, 3201, 3202, 6666, 6667,
  6668, 6669, 6670, 6671, 8001, 8002, 8003, 8004, 8005, 8006, 8007, 8008, 99999,
]);

const entries: [string, CatalogueEntry][] = Object.entries(errorCatalogue);

function doubles(values: string[]): string[] {
  return values.filter((value, at) => values.indexOf(value) !== at);
}

describe('the error catalogue', () => {
  it('has an entry for each code, in the order of the codes', () => {
    expect(Object.keys(errorCatalogue)).toEqual(syncErrorCodes);
    expect(doubles([...syncErrorCodes])).toEqual([]);
  });

  it.each(entries)("gives %s an integer that CARTO's clients know", (_code, { cartoCode }) => {
    expect(cartoCodes).toContain(cartoCode);
  });

  it.each(entries)('tells of %s in whole sentences under a short heading', (_code, entry) => {
    expect(entry.title).toMatch(/^[A-Z][^.]{3,39}$/);
    expect(entry.sentence).toMatch(/^[A-Z].*[^ ]\.$/);
    expect(entry.remedy).toMatch(/^[A-Z].*[^ ]\.$/);
  });

  it.each(entries)('names no host, address or statement in the texts of %s', (_code, entry) => {
    const text = `${entry.title} ${entry.sentence} ${entry.remedy}`;
    expect(text).not.toMatch(/:\/\/|SELECT|localhost|\$\{|\d+\.\d+\.\d+/);
  });

  it('tells different failures apart', () => {
    expect(doubles(entries.map(([, entry]) => entry.title))).toEqual([]);
    expect(doubles(entries.map(([, entry]) => entry.sentence))).toEqual([]);
  });

  it('lays every failure that is ours to us, and tries again', () => {
    for (const code of ['run-timed-out', 'run-lost', 'internal'] as const) {
      expect(errorCatalogue[code]).toMatchObject({ source: 'tidetable', directive: 'retry-later' });
    }
  });
});
