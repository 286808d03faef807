import { describe, expect, it } from '@jest/globals';
import { isSameRevision, revisionOf } from './revision.js';

describe('a revision', () => {
  it.each([
    [{ id: '0B1', hash: 'AB12' }, '0B1:ab12'],
    [{ id: '0B1', hash: undefined }, '0B1:'],
    [{ id: undefined, hash: 'ab' }, ':ab'],
    [{ id: undefined, hash: undefined }, null],
  ])('of %j is %j', (parts, revision) => {
    expect(revisionOf(parts)).toBe(revision);
  });

  it.each([
    ['the same upload', 'v1:ab', 'v1:ab', true],
    ['the same bytes uploaded again', 'v1:ab', 'v2:ab', true],
    ['other bytes', 'v1:ab', 'v2:cd', false],
    ['other bytes under one id, since the hash has the last word', 'v1:ab', 'v1:cd', false],
    ['one id where a hash is missing', 'v1:', 'v1:ab', true],
    ['other ids where a hash is missing', 'v1:', 'v2:ab', false],
    ['nothing that is known of both', ':ab', 'v2:', false],
  ])('is compared: %s', (_what, one, other, isSame) => {
    expect(isSameRevision(one, other)).toBe(isSame);
  });
});
