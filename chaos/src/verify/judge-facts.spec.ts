import { describe, expect, it } from '@jest/globals';
import { type Facts, type SynchronizationFacts } from './facts.js';
import { judgeFacts } from './judge-facts.js';

const sound: SynchronizationFacts = {
  id: '0b7f3a52-6c1e-4b0a-9d2e-5f3c8a1b7d40',
  label: 'chaos1.s1',
  state: 'success',
  failureCode: null,
  isDeleted: false,
  wasDeleted: false,
  runsCount: 12,
  runs: { count: 12, highest: 12, open: 0 },
  lastRun: { outcome: 'unchanged', failureCode: null, requestedAtMs: 0 },
  source: { version: 5, failureCode: null },
  seenVersion: 5,
  table: { version: 5, isExact: true },
  hasImported: true,
};

const failing: Partial<SynchronizationFacts> = {
  state: 'failure',
  failureCode: 'source-not-found',
  lastRun: { outcome: 'failed', failureCode: 'source-not-found', requestedAtMs: 0 },
  source: { version: 5, failureCode: 'source-not-found' },
};

const deleted: Partial<SynchronizationFacts> = { isDeleted: true, wasDeleted: true };

const calm: Facts = {
  synchronizations: [],
  openRuns: 0,
  outboxMessages: 0,
  pendingMessages: 0,
  deadMessages: 2,
  stagedFiles: [],
  stagingTables: [],
  secretsIn: [],
  watched: [],
  unanswered: 0,
};

describe('the verdict', () => {
  it.each<[string, Partial<SynchronizationFacts>]>([
    ['a table that equals its source', {}],
    [
      'a source that is gone, with the right reason and the last good table',
      { ...failing, table: { version: 4, isExact: true }, seenVersion: 4 },
    ],
    ['a source that never answered well', { ...failing, table: null, hasImported: false, seenVersion: 0 }],
    [
      'a deleted one, whose table stays as it was',
      { ...deleted, table: { version: 2, isExact: true }, seenVersion: 2 },
    ],
    ['a deleted one whose last state was one in passing', { ...deleted, state: 'syncing' }],
  ])('finds nothing wrong with %s', (_what, differs) => {
    expect(judgeFacts({ ...calm, synchronizations: [{ ...sound, ...differs }] })).toEqual([]);
  });

  it.each<[string, Partial<SynchronizationFacts>, string]>([
    [
      'a mixed table',
      { table: { version: 5, isExact: false } },
      'its table is not version 5 of its source, row for row',
    ],
    ['a stuck state', { state: 'syncing' }, 'it is stuck in syncing'],
    ['a state never left', { state: 'queued' }, 'it is stuck in queued'],
    [
      'a success that is none',
      { source: failing.source! },
      'it says success where failure (source-not-found) is true',
    ],
    [
      'a failure that is none',
      { ...failing, source: sound.source },
      'it says failure (source-not-found) where success is true',
    ],
    [
      'a wrong reason',
      { ...failing, failureCode: 'internal' },
      'it says failure (internal) where failure (source-not-found) is true',
    ],
    [
      'a success after a failed run',
      { lastRun: failing.lastRun! },
      'it says success although its last run ended as failure (source-not-found)',
    ],
    [
      'an old table',
      { table: { version: 4, isExact: true }, seenVersion: 4 },
      'its table is version 4, its source version 5',
    ],
    [
      'a table that went back',
      { ...failing, table: { version: 3, isExact: true } },
      'its table went back from version 5 to 3',
    ],
    ['a table that is gone', { table: null }, 'its table is gone'],
    [
      'a run that was lost',
      { runs: { count: 11, highest: 12, open: 0 } },
      'it counts 12 runs, has 11, and the last is number 12',
    ],
    [
      'a run that was counted twice',
      { runsCount: 13 },
      'it counts 13 runs, has 12, and the last is number 12',
    ],
    ['an open run', { runs: { count: 12, highest: 12, open: 1 } }, '1 of its runs are open'],
    ['a deleted one that came back', { wasDeleted: true }, 'it was deleted and is there again'],
    [
      'a run of a deleted one',
      { ...deleted, runs: { count: 12, highest: 12, open: 1 } },
      '1 of its runs are open',
    ],
  ])('names %s', (_what, differs, sentence) => {
    const facts = { ...calm, synchronizations: [{ ...sound, ...differs }] };
    expect(judgeFacts(facts)).toEqual([`chaos1.s1: ${sentence}`]);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['a run that is open', { openRuns: 1 }, '1 runs are still open'],
    ['an event in the outbox', { outboxMessages: 2 }, '2 events were never published'],
    ['an event in the stream', { pendingMessages: 3 }, '3 events were never handled'],
    ['a left-over staged file', { stagedFiles: ['a1'] }, 'the staged file a1 was left over'],
    ['a left-over staging table', { stagingTables: ['r_1'] }, 'the staging table r_1 was left over'],
    ['a secret in a log', { secretsIn: ['fetcher-0.log'] }, 'a secret is readable in fetcher-0.log'],
    ['what readers saw', { watched: ['chaos1.s1: the table is empty'] }, 'chaos1.s1: the table is empty'],
    ['an api that does not answer', { unanswered: 1 }, 'the api left 1 requests unanswered at the end'],
  ])('names %s', (_what, differs, sentence) => {
    expect(judgeFacts({ ...calm, synchronizations: [sound], ...differs })).toEqual([sentence]);
  });
});
