import { createHash, randomBytes } from 'node:crypto';

/** A fresh verifier (RFC 7636, section 4.1). */
export function createVerifier(): string {
  return randomBytes(32).toString('base64url');
}

/** What the service is told of it beforehand (method S256). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}
