import { describe, expect, it } from '@jest/globals';
import { type AuthenticatedAccount, refuseAccount } from './authenticate.js';

const demo: AuthenticatedAccount = {
  id: 'd',
  username: 'demo',
  state: 'active',
  keyId: 'k',
  keyPrefix: 'tt_',
  scope: 'admin',
  requestsPerMinuteMax: null,
  hasQuota: false,
};
const disabled: AuthenticatedAccount = { ...demo, state: 'disabled' };

describe('the owner of a key', () => {
  it.each([
    [null, null],
    ['demo', null],
    [null, 'demo'],
    ['demo', 'demo'],
  ])('goes on as %j at the address of %j', (username, addressed) => {
    expect(refuseAccount(demo, { apiKey: 'k', username }, addressed)).toBeNull();
  });

  it.each([
    [null, null, null],
    [demo, 'other', null],
    [demo, '', null],
    [demo, 'DEMO', null],
    [demo, null, 'other'],
    [demo, 'demo', 'other'],
    [disabled, null, 'other'],
  ])('%j is unknown as %j at the address of %j', (account, username, addressed) => {
    const refusal = refuseAccount(account, { apiKey: 'k', username }, addressed);
    expect(refusal).toMatchObject({ statusCode: 401, message: 'The API key is not valid for this account.' });
    expect(refusal?.headers).toHaveProperty('www-authenticate');
  });

  it('is locked out when disabled', () => {
    expect(refuseAccount(disabled, { apiKey: 'k', username: 'demo' }, 'demo')).toMatchObject({
      statusCode: 403,
      extra: { error: 'lockout' },
    });
  });
});
