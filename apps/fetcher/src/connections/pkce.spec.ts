import { describe, expect, it } from '@jest/globals';
import { challengeOf, createVerifier } from './pkce.js';

describe('PKCE', () => {
  it('makes the challenge that RFC 7636 makes', () => {
    expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('has a verifier of its own each time, in the form that is demanded', () => {
    const verifiers = Array.from({ length: 20 }, createVerifier);
    expect(new Set(verifiers).size).toBe(20);
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
  });
});
