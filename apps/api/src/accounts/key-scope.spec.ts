import { describe, expect, it } from '@jest/globals';
import { type KeyScope, opens, scopeOfMethod } from './key-scope.js';

describe('a scope', () => {
  it.each<[KeyScope, KeyScope, boolean]>([
    ['read', 'read', true],
    ['read', 'write', false],
    ['read', 'admin', false],
    ['write', 'read', true],
    ['write', 'write', true],
    ['write', 'admin', false],
    ['admin', 'read', true],
    ['admin', 'write', true],
    ['admin', 'admin', true],
  ])('of a key, %s, opens what needs %s: %s', (scope, needed, expected) => {
    expect(opens(scope, needed)).toBe(expected);
  });

  it.each([
    ['GET', 'read'],
    ['HEAD', 'read'],
    ['POST', 'write'],
    ['PUT', 'write'],
    ['PATCH', 'write'],
    ['DELETE', 'write'],
    ['ANYTHING', 'write'],
  ])('for %s is %s', (method, expected) => {
    expect(scopeOfMethod(method)).toBe(expected);
  });
});
