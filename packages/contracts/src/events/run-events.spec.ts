import { describe, expect, it } from '@jest/globals';
import { runEventConsumers, runEventMessageId, runEventSchemas } from './run-events.js';

const run = {
  runId: '0b7f3a52-6c1e-4b0a-9d2e-5f3c8a1b7d40',
  synchronizationId: 'c2f4d9e8-1a3b-4c5d-8e6f-7a8b9c0d1e2f',
  runNumber: 1,
};

describe('the events of a run', () => {
  it('are named by what has happened and a version, and each has a consumer of its own', () => {
    const subjects = Object.keys(runEventSchemas);
    for (const subject of subjects) expect(subject).toMatch(/^sync\.run\.[a-z]+ed\.v\d+$/);
    expect(Object.keys(runEventConsumers)).toEqual(subjects);
    expect(new Set(Object.values(runEventConsumers)).size).toBe(subjects.length);
  });

  it('are told apart by run and subject', () => {
    expect(runEventMessageId('sync.run.started.v1', 'r1')).toBe('r1:sync.run.started.v1');
  });

  it.each([
    ['a run that is not a UUID', { ...run, runId: '1', requestedAt: '2026-02-03T07:20:00Z' }],
    ['a run number below 1', { ...run, runNumber: 0, requestedAt: '2026-02-03T07:20:00Z' }],
    ['a time without a zone', { ...run, requestedAt: '2026-02-03T07:20:00' }],
    ['no time', run],
  ])('are refused with %s', (_what, event) => {
    expect(runEventSchemas['sync.run.requested.v1'].safeParse(event).success).toBe(false);
  });

  it.each([
    ['an outcome that does not exist', { outcome: 'cancelled' }],
    ['a failure without a reason', { outcome: 'failed' }],
    ['an unknown reason', { outcome: 'failed', failure: { code: 'no-luck', detail: null } }],
    ['an import without a report', { outcome: 'imported' }],
  ])('do not end a run with %s', (_what, end) => {
    const event = { ...run, finishedAt: '2026-02-03T07:20:00Z', ...end };
    expect(runEventSchemas['sync.run.finished.v1'].safeParse(event).success).toBe(false);
  });
});
