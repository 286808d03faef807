import { describe, expect, it } from '@jest/globals';
import type { SourceVersion, Validation } from '@tidetable/contracts';
import { afterBelief, afterComparison, believableVersion } from './judge-validators.js';
import { conditionsFor, contradicts, isSameTag } from './validators.js';

const now = new Date('2026-03-01T12:00:00Z');
const monday = 'Mon, 02 Feb 2026 10:00:00 GMT';
const tuesday = 'Tue, 03 Feb 2026 10:00:00 GMT';
const known: Validation = {
  comparedAt: '2026-03-01T11:00:00.000Z',
  believed: 0,
  confirmed: 0,
  trusted: 'all',
};

function version(
  etag: string | null,
  lastModified: string | null,
  of: Partial<Validation> = {},
): SourceVersion {
  return { etag, lastModified, sha256: 'a'.repeat(64), bytes: 1, validation: { ...known, ...of } };
}

const asked = (previous: SourceVersion | null, byHand = false): Record<string, string> =>
  conditionsFor(believableVersion(previous, byHand, now));

describe("a storage service's word for a version", () => {
  it('is believed always, as it has a hash of the content in it', () => {
    const previous = {
      ...version(null, null, { believed: 1_000, comparedAt: '2020-01-01T00:00:00.000Z' }),
      revision: '1:a',
    };
    expect(believableVersion(previous, false, now)).toBe(previous);
    expect(believableVersion(previous, true, now)).toBe(previous);
  });
});

describe('a source is asked by its validators', () => {
  it.each<[string, SourceVersion, Record<string, string>]>([
    ['all', version('"a"', monday), { 'If-None-Match': '"a"', 'If-Modified-Since': monday }],
    ['the date alone', version(null, monday), { 'If-Modified-Since': monday }],
    [
      'the date, where the tag is of no use',
      version('"a"', monday, { trusted: 'last-modified' }),
      { 'If-Modified-Since': monday },
    ],
    ['as received', version('W/"a-gzip"', null), { 'If-None-Match': 'W/"a-gzip"' }],
  ])('%s', (_which, previous, conditions) => {
    expect(asked(previous)).toEqual(conditions);
  });

  it('also when nothing is known of what they are worth', () => {
    expect(asked({ ...version('"a"', null), validation: undefined })).toEqual({ 'If-None-Match': '"a"' });
  });

  it.each<[string, SourceVersion | null]>([
    ['no version is known', null],
    ['there are none', version(null, null)],
    ['they have lied', version('"a"', monday, { trusted: 'none' })],
    ['the tag is of no use and there is no date', version('"a"', null, { trusted: 'last-modified' })],
    ['they are unproven and were believed once', version('"a"', null, { believed: 1 })],
    ['a tag was believed 32 times in a row', version('"a"', null, { believed: 32, confirmed: 20 })],
    ['a weak tag was believed 8 times in a row', version('W/"a"', null, { believed: 8, confirmed: 20 })],
    ['a date was believed 4 times in a row', version(null, monday, { believed: 4, confirmed: 20 })],
    [
      'the content was not seen for more than a week',
      version('"a"', null, { comparedAt: '2026-02-22T11:00:00Z' }),
    ],
  ])('not when %s', (_why, previous) => {
    expect(asked(previous)).toEqual({});
  });

  it('not when somebody asked by hand', () => {
    expect(asked(version('"a"', monday), true)).toEqual({});
  });

  it('not with what no header can hold', () => {
    expect(asked(version('"a"\r\nX: y', 'x\n'))).toEqual({});
  });
});

describe('what is known of validators', () => {
  it('counts how often they were believed', () => {
    expect(afterBelief(version('"a"', null, { believed: 2 }), now)).toEqual({ ...known, believed: 3 });
  });

  const same = true;
  const other = false;
  it.each<[string, SourceVersion, [string | null, string | null], boolean, Partial<Validation>]>([
    ['same tag, same content', version('"a"', null, { confirmed: 2 }), ['"a"', null], same, { confirmed: 3 }],
    ['same date, same content', version(null, monday), [null, monday], same, { confirmed: 1 }],
    ['new tag, new content', version('"a"', null), ['"b"', null], other, { confirmed: 1 }],
    ['later date, new content', version(null, monday), [null, tuesday], other, { confirmed: 1 }],
    [
      'same tag, new content',
      version('"a"', null, { confirmed: 5 }),
      ['"a"', null],
      other,
      { trusted: 'none' },
    ],
    [
      'same tag, later date, new content',
      version('"a"', monday),
      ['"a"', tuesday],
      other,
      { trusted: 'last-modified' },
    ],
    ['same tag, same date, new content', version('"a"', monday), ['"a"', monday], other, { trusted: 'none' }],
    ['same date, new content', version(null, monday), [null, monday], other, { trusted: 'none' }],
    ['earlier date, new content', version(null, tuesday), [null, monday], other, { trusted: 'none' }],
    ['earlier date, new tag, new content', version('"a"', tuesday), ['"b"', monday], other, { confirmed: 1 }],
    [
      'new tag, same date, same content',
      version('"a"', monday),
      ['"b"', monday],
      same,
      { trusted: 'last-modified' },
    ],
    ['new tag, new date, same content', version('"a"', monday, { confirmed: 3 }), ['"b"', tuesday], same, {}],
    [
      'new suffix, same date, same content',
      version('"a"', monday),
      ['"a-gzip"', monday],
      same,
      { confirmed: 1 },
    ],
    [
      'no distrust is forgotten',
      version('"a"', null, { trusted: 'none' }),
      ['"b"', null],
      other,
      { confirmed: 1, trusted: 'none' },
    ],
    [
      'no distrust is taken back',
      version('"a"', monday, { trusted: 'none' }),
      ['"b"', monday],
      same,
      { trusted: 'none' },
    ],
  ])('follows from content that was seen: %s', (_what, previous, [etag, lastModified], isSame, expected) => {
    expect(afterComparison(previous, { etag, lastModified }, isSame, now)).toEqual({
      comparedAt: now.toISOString(),
      believed: 0,
      confirmed: 0,
      trusted: 'all',
      ...expected,
    });
  });

  it('is nothing after the first import', () => {
    expect(afterComparison(null, { etag: '"a"', lastModified: null }, false, now)).toEqual({
      ...known,
      comparedAt: now.toISOString(),
    });
  });
});

/** A server and what the table holds of it, run after run. */
function missedChanges(isTruthful: boolean, changesAt: readonly number[], runs: number): number[] {
  let content = 0;
  let tag = 0;
  let held = 0;
  let previous = version('"0"', null);
  const missed: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    if (changesAt.includes(run)) {
      content = run;
      if (isTruthful) tag = run;
    }
    const question = believableVersion(previous, false, now);
    if (question?.etag === `"${tag}"`) previous = { ...previous, validation: afterBelief(previous, now) };
    else {
      const seen = { etag: `"${tag}"`, lastModified: null };
      previous = { ...previous, ...seen, validation: afterComparison(previous, seen, held === content, now) };
      held = content;
    }
    if (held !== content) missed.push(run);
  }
  return missed;
}

describe('a change', () => {
  it('is never missed at a server whose tags tell the truth', () => {
    expect(missedChanges(true, [2, 3, 10, 11, 100, 150], 200)).toEqual([]);
  });

  it.each([1, 2, 3, 5, 17, 60])(
    'that a lying server hides in run %i is found on schedule, and no later one is missed',
    (first) => {
      const missed = missedChanges(false, [first, first + 40, first + 41, first + 90], 200);
      expect(missed.length).toBeLessThanOrEqual(32);
      expect(missed.every((run) => run < first + 40)).toBe(true);
    },
  );
});

describe('two tags', () => {
  it.each([
    ['"a"', '"a"', true],
    ['W/"a"', '"a"', true],
    ['"a-gzip"', '"a"', true],
    ['"a--gzip--gzip"', 'W/"a"', true],
    ['"a-br"', '"a"', true],
    ['"a"', '"b"', false],
    ['"a-b"', '"a"', false],
    ['gzip', 'a', false],
  ])('%s and %s stand for one version: %j', (one, two, expected) => {
    expect(isSameTag(one, two)).toBe(expected);
  });
});

describe('an answer that nothing has changed', () => {
  it.each<[string | null, string | null, string | null, string | null, boolean]>([
    ['"a"', null, '"a"', null, false],
    ['"a"', null, null, null, false],
    ['"a"', monday, '"a"', tuesday, false],
    ['"a"', monday, '"b"', monday, true],
    [null, monday, null, monday, false],
    [null, tuesday, null, monday, true],
    [null, monday, '"a"', monday, false],
  ])(
    'about %s %s that names %s %s contradicts itself: %j',
    (etag, date, answerEtag, answerDate, expected) => {
      expect(contradicts({ etag, lastModified: date }, { etag: answerEtag, lastModified: answerDate })).toBe(
        expected,
      );
    },
  );
});
