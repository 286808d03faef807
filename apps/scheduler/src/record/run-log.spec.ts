import { describe, expect, it } from '@jest/globals';
import type { ImportReport } from '@tidetable/contracts';
import { linesOfEnding, linesOfRequest, linesOfStart } from './run-log.js';
import type { RunEnding } from './run-ending.js';

const now = new Date('2026-02-01T12:00:00Z');
const next = { runAt: new Date('2026-02-01T13:00:00Z'), stopped: false, retriedTimes: 0 };
const source = { etag: null, lastModified: null, sha256: 'a'.repeat(64), bytes: 1 };
const report: ImportReport = {
  schema: 'demo',
  table: 'ports',
  rows: 1_234_567,
  columns: [
    { name: 'name', type: 'text', header: 'Name' },
    { name: 'pop', type: 'integer', header: 'pop' },
  ],
  geometries: 1,
  warnings: ['3 rows have no usable coordinates.'],
  fetchMs: 1,
  loadMs: 1,
  indexMs: 1,
  swapMs: 1,
};

const told = (ending: RunEnding, then = next): string[] =>
  linesOfEnding(ending, then, now).map(({ level, message }) => `${level}: ${message}`);

describe('the run log', () => {
  it.each([
    ['created', 'The first import was requested.'],
    ['schedule', 'A refresh was requested by the schedule.'],
    ['manual', 'A refresh was requested by hand.'],
  ] as const)('says who asked for a run (%s)', (trigger, message) => {
    expect(linesOfRequest({ trigger, requestedAt: now })).toEqual([{ at: now, level: 'info', message }]);
  });

  it('says when a worker began', () => {
    expect(linesOfStart(now)).toEqual([{ at: now, level: 'info', message: 'A worker started the run.' }]);
  });

  it('says what was loaded, as which types, and what was odd about it', () => {
    expect(told({ outcome: 'imported', source, report })).toEqual([
      'info: 1,234,567 rows were loaded into the table ports.',
      'info: Columns: name text, pop integer.',
      'info: 1 row has a geometry.',
      'warning: 3 rows have no usable coordinates.',
    ]);
  });

  it('stays short for a table of a thousand columns and as many warnings', () => {
    const wide = {
      ...report,
      columns: Array.from({ length: 1_000 }, (_, at) => ({ name: `c${at}`, type: 'text', header: null })),
      warnings: Array.from({ length: 1_000 }, (_, at) => `Warning ${at}. ${'x'.repeat(10_000)}`),
    };
    const lines = told({ outcome: 'imported', source, report: wide });
    expect(lines[1]).toMatch(/ c99 text, and 900 more\.$/);
    expect(lines.at(-1)).toBe('warning: There were 950 more warnings.');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4_100);
  });

  it.each([
    ['validator', 'info: The source says that the file has not changed; the table was left as it is.'],
    ['content-hash', 'info: The file was fetched and is the same as before; the table was left as it is.'],
  ] as const)('says how it is known that nothing changed (%s)', (unchangedBy, line) => {
    expect(told({ outcome: 'unchanged', unchangedBy, source })).toEqual([line]);
  });

  it.each([
    [next, 'The next attempt is due at 2026-02-01T13:00:00.000Z.'],
    [
      { ...next, stopped: true, retriedTimes: 10 },
      'After 10 failures in a row there will be no further attempt until you ask for one.',
    ],
    [{ ...next, stopped: true, retriedTimes: 1 }, 'There will be no further attempt until you ask for one.'],
  ])('says why a run failed and what comes next (%#)', (then, sentence) => {
    const lines = told(
      { outcome: 'failed', failure: { code: 'source-not-found', detail: 'HTTP 404' } },
      then,
    );
    expect(lines).toEqual([
      'error: There is no file at this URL. (HTTP 404) Put the file back, or create a synchronization with its new URL.',
      `info: ${sentence}`,
    ]);
  });
});
