import { describe, expect, it } from '@jest/globals';
import type { ImportReport, SourceVersion } from '@tidetable/contracts';
import type { Synchronization } from '@tidetable/metadata-db';
import { type RunEnding, runAfter, synchronizationAfter } from './run-ending.js';

const now = new Date('2026-02-01T12:00:00Z');
const requestedAt = new Date('2026-02-01T11:59:00Z');
const source: SourceVersion = { etag: '"b"', lastModified: null, sha256: 'b'.repeat(64), bytes: 12 };
const report: ImportReport = {
  schema: 'demo',
  table: 'ports',
  rows: 2,
  columns: [{ name: 'name', type: 'text', header: 'Name' }],
  geometries: null,
  warnings: [],
  fetchMs: 1,
  loadMs: 1,
  indexMs: 1,
  swapMs: 1,
};
const imported: RunEnding = { outcome: 'imported', source, report };
const unchanged: RunEnding = { outcome: 'unchanged', unchangedBy: 'validator', source };
const failed: RunEnding = { outcome: 'failed', failure: { code: 'source-not-found', detail: 'HTTP 404' } };

const syncing = {
  id: '00000000-0000-4000-8000-000000000001',
  state: 'syncing',
  intervalSeconds: 900,
  cron: null,
  timeZone: null,
  retriedTimes: 3,
  soonTries: 0,
  pushedAt: null,
  sourceChangedAt: null,
  sourceEtag: '"a"',
  sourceLastModified: 'Sun, 01 Feb 2026 10:00:00 GMT',
  sourceSha256: 'a'.repeat(64),
} as Synchronization;

const after = (ending: RunEnding): Partial<Synchronization> =>
  synchronizationAfter(syncing, { requestedAt, runNumber: 1 }, ending, now);
const runAt = new Date('2026-02-01T12:14:45.675Z');

describe('the end of a run before which another source was given', () => {
  it.each([imported, unchanged, failed])('is followed by one that reads it: $outcome', (ending) => {
    const sourceChangedAt = new Date(requestedAt.getTime() + 1);
    const run = { requestedAt, runNumber: 1 };
    expect(synchronizationAfter({ ...syncing, sourceChangedAt }, run, ending, now)).toMatchObject({
      runAt: new Date('2026-02-01T12:00:10Z'),
      stopped: false,
    });
  });
});

describe('the end of a run that a notification came after', () => {
  const endOf = (ending: RunEnding, pushedAt: Date, more: Partial<Synchronization> = {}) =>
    synchronizationAfter({ ...syncing, ...more, pushedAt }, { requestedAt, runNumber: 1 }, ending, now);
  const later = new Date(requestedAt.getTime() + 1);
  const soon = new Date('2026-02-01T12:00:10Z');

  it.each([imported, unchanged, failed])('is followed by another one soon: $outcome', (ending) => {
    expect(endOf(ending, later)).toEqual({ ...after(ending), runAt: soon });
  });

  it('is as ever where the notification was there before', () => {
    expect(endOf(unchanged, requestedAt)).toEqual(after(unchanged));
  });

  it('does not stop the schedule yet, and counts failures as ever', () => {
    const stopping = { retriedTimes: 9 };
    expect(endOf(failed, requestedAt, stopping)).toMatchObject({ stopped: true, retriedTimes: 10 });
    expect(endOf(failed, later, stopping)).toMatchObject({ stopped: false, retriedTimes: 10, runAt: soon });
  });
});

describe('the end of a run', () => {
  it('tells the name, version and time of a table that was imported, and forgets failures', () => {
    expect(after(imported)).toEqual({
      state: 'success',
      name: 'ports',
      attemptedAt: now,
      ranAt: now,
      updatedAt: now,
      runAt,
      retriedTimes: 0,
      soonTries: 0,
      stopped: false,
      failureCode: null,
      failureDetail: null,
      sourceEtag: '"b"',
      sourceLastModified: null,
      sourceRevision: null,
      sourceSha256: 'b'.repeat(64),
      tableRows: String(report.rows),
      tableBytes: null,
      sourceBytes: '12',
      sourceValidation: null,
      importedAt: requestedAt,
    });
  });

  it.each([
    ['imported', imported],
    ['unchanged', unchanged],
  ] as const)('remembers how far its validators are believed (%s)', (_outcome, ending) => {
    const validation = {
      comparedAt: '2026-02-01T11:59:30.000Z',
      believed: 2,
      confirmed: 1,
      trusted: 'last-modified',
    } as const;
    const ended = { ...ending, source: { ...source, validation } };
    expect(after(ended).sourceValidation).toEqual(validation);
  });

  it('leaves the time of the last change alone when the source is unchanged', () => {
    expect(after(unchanged)).toEqual({
      state: 'success',
      attemptedAt: now,
      ranAt: now,
      runAt,
      retriedTimes: 0,
      soonTries: 0,
      stopped: false,
      failureCode: null,
      failureDetail: null,
      sourceEtag: '"b"',
    });
  });

  it.each([
    [{ etag: null, lastModified: null }, {}],
    [{ etag: '"c"', lastModified: null }, { sourceEtag: '"c"' }],
    [{ etag: null, lastModified: 'x' }, { sourceLastModified: 'x' }],
  ])('erases no validator that an unchanged source leaves out (%j)', (sent, kept) => {
    const { sourceEtag, sourceLastModified } = after({ ...unchanged, source: { ...source, ...sent } });
    expect({ sourceEtag, sourceLastModified }).toEqual({
      sourceEtag: undefined,
      sourceLastModified: undefined,
      ...kept,
    });
  });

  it('counts a failure with its reason and touches neither the last success nor the known version', () => {
    expect(after(failed)).toEqual({
      state: 'failure',
      attemptedAt: now,
      runAt,
      retriedTimes: 4,
      soonTries: 0,
      stopped: false,
      failureCode: 'source-not-found',
      failureDetail: 'HTTP 404',
    });
  });

  it('is not accepted by a synchronization without an open run', () => {
    const idle = { ...syncing, state: 'success' } as Synchronization;
    expect(() => synchronizationAfter(idle, { requestedAt, runNumber: 1 }, failed, now)).toThrow('success');
  });

  it.each([
    [imported, { outcome: 'imported', report, sourceSha256: 'b'.repeat(64), sourceBytes: '12' }],
    [
      unchanged,
      { outcome: 'unchanged', unchangedBy: 'validator', sourceSha256: 'b'.repeat(64), sourceBytes: '12' },
    ],
    [failed, { outcome: 'failed', failureCode: 'source-not-found', failureDetail: 'HTTP 404' }],
  ])('is kept with the run (%#)', (ending, columns) => {
    expect(runAfter(ending, now)).toEqual({ finishedAt: now, ...columns });
  });
});
