import { describe, expect, it } from '@jest/globals';
import { reasonToClose } from './close-reason.js';

const requestedAt = new Date('2026-01-01T12:00:00Z');
const before = new Date('2026-01-01T11:59:59Z');
const after = new Date('2026-01-01T12:00:01Z');

describe('the reason to close a run', () => {
  it.each([
    ['none', null, null, true, null],
    ['a source given before the run was requested', null, before, true, null],
    ['a source given at the same moment', null, requestedAt, true, null],
    ['a source given since', null, after, true, 'source-changed'],
    ['a disabled account', null, null, false, 'account-disabled'],
    ['a disabled account and another source', null, after, false, 'account-disabled'],
    ['deleted', before, null, true, 'deleted'],
    ['deleted, disabled and another source', after, after, false, 'deleted'],
  ] as const)('%s', (_when, deletedAt, sourceChangedAt, isAccountActive, reason) => {
    expect(reasonToClose({ requestedAt }, { deletedAt, sourceChangedAt }, isAccountActive)).toBe(reason);
  });
});
