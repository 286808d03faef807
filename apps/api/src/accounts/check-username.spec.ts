import { describe, expect, it } from '@jest/globals';
import { refuseUsername } from './check-username.js';

describe('the name of an account', () => {
  it.each(['demo', 'a', 'city-of-bergen', 'a1', 'tiger2', 'public-works', `a${'b'.repeat(62)}`])(
    'can be %s',
    (name) => {
      expect(refuseUsername(name)).toBeNull();
    },
  );

  it.each([
    'public',
    'information_schema',
    'pg_catalog',
    'pg_x',
    'tidetable',
    'tidetable-x',
    'postgres',
    'topology',
    'tiger',
  ])('cannot be %s, which is reserved', (name) => {
    expect(refuseUsername(name)).toMatch(/is reserved/);
  });

  it.each(['', 'Demo', '1a', '-a', 'a-', 'a_b', 'a.b', 'a b', 'ä', 'a;drop', "a'b", `a${'b'.repeat(63)}`])(
    'cannot be %j, which has another form',
    (name) => {
      expect(refuseUsername(name)).toMatch(/^A name consists of 1 to 63/);
    },
  );
});
