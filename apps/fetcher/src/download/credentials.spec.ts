import { describe, expect, it } from '@jest/globals';
import { credentialHeaders, credentialsInUrl } from './credentials.js';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('credentials in a URL', () => {
  it.each([
    ['https://ann:secret@a.example/x', 'ann:secret'],
    ['https://ann@a.example/x', 'ann:'],
    ['https://:secret@a.example/x', ':secret'],
    ['https://a%40b:p%3Aw@a.example/x', 'a@b:p:w'],
    ['https://ann:100%@a.example/x', 'ann:100%'],
    ['https://ann:%C3%A9@a.example/x', 'ann:é'],
  ])('of %s are sent as HTTP Basic', (url, pair) => {
    expect(credentialsInUrl(new URL(url))?.headers).toEqual({ Authorization: basic(pair) });
  });

  it('are none where there are none', () => {
    expect(credentialsInUrl(new URL('https://a.example/x?user=ann:secret@'))).toBeNull();
  });

  it.each<[string, boolean]>([
    ['https://a.example/other', true],
    ['https://a.example:443/other', true],
    ['http://a.example/x', false],
    ['https://a.example:8443/x', false],
    ['https://www.a.example/x', false],
    ['https://a.example.evil.example/x', false],
    ['https://b.example/x', false],
  ])('are for their own origin: %s sees them: %j', (target, seen) => {
    const credentials = credentialsInUrl(new URL('https://ann:secret@a.example/x'));
    expect('Authorization' in credentialHeaders(credentials, new URL(target))).toBe(seen);
  });
});
