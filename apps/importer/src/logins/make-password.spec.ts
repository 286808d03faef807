import { describe, expect, it } from '@jest/globals';
import { makePassword, scramVerifier } from './make-password.js';

describe('a password', () => {
  it('has 32 characters that need no escaping, and never comes twice', () => {
    const made = new Set(Array.from({ length: 100 }, makePassword));
    expect(made.size).toBe(100);
    for (const password of made) expect(password).toMatch(/^[\w-]{32}$/);
  });

  // The password, nonces and keys of the example in RFC 7677, section 3.
  it('is kept as RFC 5803 says', () => {
    expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });
});
