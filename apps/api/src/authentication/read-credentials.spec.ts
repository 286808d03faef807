import { describe, expect, it } from '@jest/globals';
import { readCredentials } from './read-credentials.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (request: { query?: object; body?: object; authorization?: string }) =>
  readCredentials(
    { query: { ...request.query }, body: { ...request.body } },
    { authorization: request.authorization },
  );

describe('credentials', () => {
  it.each([
    ['the query', { query: { api_key: 'k' } }, null],
    ['the body', { body: { api_key: 'k' } }, null],
    ['HTTP Basic', { authorization: basic('demo:k') }, 'demo'],
    ['HTTP Basic in lower case', { authorization: basic('demo:k').replace('Basic', 'basic') }, 'demo'],
    ['a bearer token', { authorization: 'Bearer k' }, null],
    ['a bearer token in capitals', { authorization: 'BEARER  k ' }, null],
  ])('are read from %s', (_, request, username) => {
    expect(read(request)).toEqual({ apiKey: 'k', username });
  });

  it('are taken from the query before the body, and from the body before a header', () => {
    const authorization = 'Bearer h';
    expect(read({ query: { api_key: 'q' }, body: { api_key: 'b' }, authorization })?.apiKey).toBe('q');
    expect(read({ body: { api_key: 'b' }, authorization })?.apiKey).toBe('b');
  });

  it('keep colons, signs and slashes of a key in HTTP Basic', () => {
    expect(read({ authorization: basic('demo:a:b+/=') })).toEqual({ apiKey: 'a:b+/=', username: 'demo' });
  });

  it('keep an empty user name, which then fits no account', () => {
    expect(read({ authorization: basic(':k') })).toEqual({ apiKey: 'k', username: '' });
  });

  it.each([
    ['nothing', {}],
    ['an empty key', { query: { api_key: '' } }],
    ['two keys', { query: { api_key: ['a', 'b'] } }],
    ['a number', { body: { api_key: 7 } }],
    ['an object', { body: { api_key: { $ne: '' } } }],
    ['a key longer than any', { query: { api_key: 'a'.repeat(201) } }],
    ['a scheme nobody offers', { authorization: 'Digest k' }],
    ['a scheme alone', { authorization: 'Bearer' }],
    ['HTTP Basic without a colon', { authorization: basic('k') }],
    ['HTTP Basic without a key', { authorization: basic('demo:') }],
    ['HTTP Basic that is not base64', { authorization: 'Basic ???' }],
  ])('are none in %s', (_, request) => {
    expect(read(request)).toBeNull();
  });

  it('are none when the first place holds no key, although the next does', () => {
    expect(read({ query: { api_key: '' }, authorization: 'Bearer k' })).toBeNull();
  });

  it('are not inherited from the prototype of what was sent', () => {
    const body = Object.create({ api_key: 'k' }) as Record<string, unknown>;
    expect(readCredentials({ query: {}, body }, {})).toBeNull();
  });
});
