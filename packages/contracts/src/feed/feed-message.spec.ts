import { describe, expect, it } from '@jest/globals';
import { feedMessageSchema, feedSubject, feedSubjectOfAccount } from './feed-message.js';

const account = '7d3c1b2a-9f8e-4d6c-8b5a-4c3d2e1f0a9b';
const synchronization = 'c2f4d9e8-1a3b-4c5d-8e6f-7a8b9c0d1e2f';

describe('the feed', () => {
  it('has a subject for each synchronization, below that of its account', () => {
    const subject = feedSubject(account, synchronization);
    expect(subject.startsWith(feedSubjectOfAccount(account).replace('*', ''))).toBe(true);
    expect(subject.split('.')).toHaveLength(3);
  });

  it.each([
    { kind: 'state' },
    { kind: 'progress', runId: synchronization, phase: 'fetching', bytes: 1 },
    { kind: 'progress', runId: synchronization, phase: 'loading', bytesTotal: 10, rows: 2 },
  ])('knows %j', (message) => {
    expect(feedMessageSchema.parse({ ...message, addedLater: true })).toEqual(message);
  });
});
