import { describe, expect, it } from '@jest/globals';
import { presentAccountList, presentAccountState, presentShownKey } from './present-accounts.js';

const createdAt = new Date('2026-01-02T03:04:05Z');
const key = {
  id: 'id-1',
  prefix: 'tt_abcdefgh',
  scope: 'admin',
  name: null,
  createdAt,
  revokedAt: null,
  expiresAt: null,
} as const;

describe('accounts on a terminal', () => {
  it('show a new key once, with a line that tries it', () => {
    const text = presentShownKey({ username: 'demo', apiKey: 'tt_key' }, 'http://127.0.0.1:41');
    expect(text).toContain('API key  tt_key');
    expect(text).toContain('"http://127.0.0.1:41/user/demo/api/v1/synchronizations?api_key=tt_key"');
  });

  it('are listed in aligned columns, with the beginning of each key', () => {
    const lines = presentAccountList([
      {
        username: 'demo',
        state: 'active',
        createdAt,
        keys: [
          key,
          { ...key, id: 'id-2', scope: 'read', revokedAt: createdAt },
          { ...key, id: 'id-3', scope: 'write', expiresAt: createdAt },
        ],
      },
      { username: 'city-of-bergen', state: 'disabled', createdAt, keys: [] },
    ]).split('\n');
    expect(lines).toEqual([
      'ACCOUNT         STATE     KEY           SCOPE  KEY ID',
      'demo            active    tt_abcdefgh…  admin  id-1    created 2026-01-02',
      'demo            active    tt_abcdefgh…  read   id-2    revoked 2026-01-02',
      'demo            active    tt_abcdefgh…  write  id-3    until 2026-01-02',
      'city-of-bergen  disabled  no key',
    ]);
  });

  it('say what to do when there is none', () => {
    expect(presentAccountList([])).toContain('create NAME');
  });

  it('say what disabling means and how to undo it', () => {
    expect(presentAccountState({ username: 'demo', state: 'disabled' })).toContain('enable demo');
  });
});
