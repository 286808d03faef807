import { createHash, randomBytes } from 'node:crypto';

/** How many characters of a key are kept in clear, so that people can tell their keys apart. */
const keyPrefixCharacters = 11;

/** A new key: `tt_` and 256 random bits. Only its hash may be stored. */
export function makeApiKey(): string {
  return `tt_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a key and looked up: its SHA-256. A random key needs no slow hash. */
export function hashApiKey(apiKey: string): Buffer {
  return createHash('sha256').update(apiKey, 'utf8').digest();
}

/** The part of a key that may be shown again. */
export function prefixOfApiKey(apiKey: string): string {
  return apiKey.slice(0, keyPrefixCharacters);
}
