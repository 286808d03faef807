import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSealedWithOldKey, openSecret, parseKeyring, sealSecret } from './seal-secret.js';

const entry = (id: string, bytes = 32): string => `${id}:${randomBytes(bytes).toString('base64')}`;
const [first, second] = [entry('first'), entry('second')];
const place = 'connections|row|account|box|refresh_token';

describe('a keyring', () => {
  it('seals with its first key and opens with all of them', () => {
    const sealed = sealSecret(parseKeyring(first), 'secret', place);
    const rotated = parseKeyring(`${second}, ${first}`);
    expect(openSecret(rotated, sealed, place)).toBe('secret');
    expect(isSealedWithOldKey(rotated, sealed)).toBe(true);
    expect(isSealedWithOldKey(rotated, sealSecret(rotated, 'secret', place))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['a key without a name', randomBytes(32).toString('base64')],
    ['a key that is too short', entry('a', 31)],
    ['a key that is too long', entry('a', 33)],
    ['a name that occurs twice', `${entry('a')},${entry('a')}`],
    ['a name with a dot', entry('a.b')],
    ['an end that is missing', `${first},`],
  ])('is not made of %s, and no key is repeated', (_what, text) => {
    expect(() => parseKeyring(text)).toThrow();
    const key = text.split(':')[1] || 'x'.repeat(9);
    expect(() => parseKeyring(text)).not.toThrow(key);
  });
});

describe('a sealed secret', () => {
  const keyring = parseKeyring(first);

  it('is another text each time, in which the secret can not be read', () => {
    const texts = Array.from({ length: 50 }, () => sealSecret(keyring, 'a secret', place));
    expect(new Set(texts).size).toBe(50);
    const bytes = texts.flatMap((text) =>
      text.split('.').map((part) => Buffer.from(part, 'base64url').toString()),
    );
    expect(bytes.join()).not.toContain('a secret');
  });

  it.each([
    'connections|other|account|box|refresh_token',
    'connections|row|other|box|refresh_token',
    'connections|row|account|gdrive|refresh_token',
    'connections|row|account|box|access_token',
  ])('does not open at %s', (elsewhere) => {
    expect(() => openSecret(keyring, sealSecret(keyring, 'secret', place), elsewhere)).toThrow();
  });

  it('does not open under a key of the same name', () => {
    const sealed = sealSecret(keyring, 'secret', place);
    expect(() => openSecret(parseKeyring(entry('first')), sealed, place)).toThrow();
  });

  it('does not open under another name of its key', () => {
    const renamed = parseKeyring(first.replace('first', 'second'));
    const sealed = sealSecret(keyring, 'secret', place).replace('first', 'second');
    expect(() => openSecret(renamed, sealed, place)).toThrow();
  });

  it('names the key that is missing', () => {
    const sealed = sealSecret(keyring, 'secret', place);
    expect(() => openSecret(parseKeyring(second), sealed, place)).toThrow('the key first');
  });

  it.each([2, 3, 4])('does not open with a bit of part %i changed, or with that part cut short', (at) => {
    const parts = sealSecret(keyring, 'secret', place).split('.');
    const bytes = Buffer.from(parts[at]!, 'base64url');
    bytes[0]! ^= 1;
    const changed = parts.with(at, bytes.toString('base64url')).join('.');
    const cut = parts.with(at, parts[at]!.slice(0, -4)).join('.');
    expect(() => openSecret(keyring, changed, place)).toThrow();
    expect(() => openSecret(keyring, cut, place)).toThrow();
  });

  it.each(['', 'v1', 'v1.first', 'v2.first.a.b.c', 'plain'])('is not %j', (text) => {
    expect(() => openSecret(keyring, text, place)).toThrow('can not be read');
  });
});
