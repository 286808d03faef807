import { describe, expect, it } from '@jest/globals';
import { basicAuthSchema, requestHeadersSchema } from './request-credentials.js';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-${n}`, 'v']));

describe('headers for the requests of a URL', () => {
  it.each([
    {},
    { 'X-Api-Key': 'k' },
    { Authorization: 'Bearer a.b-c_d==' },
    { Cookie: 'a=b; c=d' },
    { Accept: 'text/csv, */*;q=0.1', 'User-Agent': 'us', Referer: 'https://example.org/' },
    many(20),
    { 'X-Long': 'v'.repeat(4_096) },
  ])('are taken: %.60j', (headers) => {
    expect(requestHeadersSchema.parse(headers)).toEqual(headers);
  });

  it.each([
    ...[
      'Host',
      'content-length',
      'Transfer-Encoding',
      'TE',
      'Trailer',
      'Upgrade',
      'Connection',
      'Keep-Alive',
    ],
    ...['Expect', 'HTTP2-Settings', 'Proxy-Authorization', 'proxy-connection', 'Range', 'If-Range'],
    ...['If-None-Match', 'if-modified-since', 'Accept-Encoding', 'Metadata', 'Metadata-Flavor'],
    ...['X-Google-Metadata-Request', 'X-aws-ec2-metadata-token', 'x-aws-ec2-metadata-token-ttl-seconds'],
  ])('may not be %s', (name) => {
    expect(requestHeadersSchema.safeParse({ [name]: 'v' }).success).toBe(false);
  });

  it.each(['', ' ', 'X Y', 'X:Y', 'X\r\nY', 'Ä', 'X\u0000', 'x'.repeat(101)])(
    'have no name like %.20j',
    (name) => {
      expect(requestHeadersSchema.safeParse({ [name]: 'v' }).success).toBe(false);
    },
  );

  it.each([
    '',
    ' ',
    ' v',
    'v ',
    'a\r\nX-Evil: 1',
    'a\nb',
    'a\tb',
    'a\u0000',
    'é',
    '…',
    'v'.repeat(4_097),
    7,
    null,
  ])('have no value like %.20j', (value) => {
    expect(requestHeadersSchema.safeParse({ 'X-Key': value }).success).toBe(false);
  });

  it.each([
    [many(21)],
    [{ 'X-A': 'v'.repeat(4_095), 'X-B': 'v'.repeat(4_095) }],
    [{ 'X-A': '1', 'x-a': '2' }],
  ])('are refused as a whole: too many, too long, or one twice', (headers) => {
    expect(requestHeadersSchema.safeParse(headers).success).toBe(false);
  });
});

describe('a user name and a password', () => {
  it.each([
    { username: 'ann', password: 'p:ä …' },
    { username: 'ann', password: '' },
    { username: '', password: 'token' },
  ])('are taken: %j', (pair) => {
    expect(basicAuthSchema.parse(pair)).toEqual(pair);
  });

  it.each([
    { username: '', password: '' },
    { username: 'a:b', password: 'p' },
    { username: 'a\n', password: 'p' },
    { username: 'a', password: 'p\u0000' },
    { username: 'a'.repeat(256), password: 'p' },
    { username: 'a', password: 'p'.repeat(1_025) },
    { username: 'a' },
    { password: 'p' },
    'a:p',
    ['a', 'p'],
  ])('are refused: %.60j', (pair) => {
    expect(basicAuthSchema.safeParse(pair).success).toBe(false);
  });
});
