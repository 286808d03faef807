import { describe, expect, it } from '@jest/globals';
import { givenCredentials } from './given-credentials.js';

const source = { kind: 'url', url: 'https://example.org:8443/a.csv' } as const;
const overHttp = { kind: 'url', url: 'http://example.org/a.csv' } as const;
const pair = { username: 'ana', password: 'secret' };

describe('credentials given for a plan', () => {
  it('are for the origin of its URL', () => {
    expect(
      givenCredentials({ source, headers: { 'X-Key': '1' }, basicAuth: pair }, { isHttpAllowed: false }),
    ).toEqual({
      origin: 'https://example.org:8443',
      headers: { 'X-Key': '1', Authorization: 'Basic YW5hOnNlY3JldA==' },
    });
  });

  it.each([
    ['nothing', { source, headers: null, basicAuth: null }, null],
    ['no headers', { source, headers: {}, basicAuth: null }, null],
    ['nothing, over http', { source: overHttp, headers: null, basicAuth: null }, null],
    ['something, over http', { source: overHttp, headers: null, basicAuth: pair }, 'over-http'],
    [
      'two authorizations',
      { source, headers: { AUTHORIZATION: 'Bearer x' }, basicAuth: pair },
      'two-authorizations',
    ],
  ] as const)('of %s are %j: %s', (_what, given, expected) => {
    expect(givenCredentials(given, { isHttpAllowed: false })).toBe(expected);
  });
});
