import { describe, expect, it } from '@jest/globals';
import { hashApiKey, makeApiKey, prefixOfApiKey } from './api-key.js';

describe('an API key', () => {
  it('is tt_ and 43 characters that need no escaping in a URL', () => {
    expect(makeApiKey()).toMatch(/^tt_[A-Za-z0-9_-]{43}$/);
  });

  it('is never made twice', () => {
    expect(new Set(Array.from({ length: 100 }, makeApiKey)).size).toBe(100);
  });

  it('is stored as its SHA-256', () => {
    expect(hashApiKey('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('shows only its beginning', () => {
    expect(prefixOfApiKey('tt_abcdefghijklmnop')).toBe('tt_abcdefgh');
  });
});
