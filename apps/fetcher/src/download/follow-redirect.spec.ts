import { describe, expect, it } from '@jest/globals';
import { isPortHarmless } from '../addresses/allowed-ports.js';
import { followRedirect, requestableUrl } from './follow-redirect.js';

const rules = { redirectsMax: 5, isPortAllowed: isPortHarmless };

const here = 'https://a.example/data/ports.csv?year=2024';
const follow = (status: number, location: string | undefined, visited = [here]): string | undefined =>
  followRedirect({ status, location }, visited, rules)?.href;

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is followed after %i', (status) => {
    expect(follow(status, 'https://b.example/x')).toBe('https://b.example/x');
  });

  it.each([200, 201, 300, 304, 305, 306, 404])('is not seen in %i', (status) => {
    expect(follow(status, 'https://b.example/x')).toBeUndefined();
  });

  it.each([
    ['/other.csv', 'https://a.example/other.csv'],
    ['other.csv', 'https://a.example/data/other.csv'],
    ['//b.example/x', 'https://b.example/x'],
    ['?year=2025', 'https://a.example/data/ports.csv?year=2025'],
    ['http://a.example/plain', 'http://a.example/plain'],
    ['https://b.example/x#part', 'https://b.example/x'],
    ['https://me:secret@b.example/x', 'https://b.example/x'],
    [' https://b.example/x ', 'https://b.example/x'],
    ['https://b.example/a b', 'https://b.example/a%20b'],
    [Buffer.from('/häfen.csv').toString('latin1'), 'https://a.example/h%C3%A4fen.csv'],
    ['/h\u00e4fen.csv', 'https://a.example/h%C3%A4fen.csv'],
  ])('to %p leads to %s', (location, expected) => {
    expect(follow(302, location)).toBe(expected);
  });

  it.each([
    'ftp://b.example/x',
    'file:///etc/passwd',
    'data:text/csv,a',
    'javascript:0',
    'gopher://127.0.0.1:25/',
    'ws://b.example/x',
    'blob:https://b.example/x',
    'about:blank',
  ])('to %s is refused for its scheme', (location) => {
    expect(() => follow(302, location)).toThrow(expect.objectContaining({ code: 'source-scheme-refused' }));
  });

  it.each([undefined, 'http://', 'https://a b.example/', 'http://127.0.0.1:99999/'])(
    'to %p leads nowhere',
    (location) => {
      expect(() => follow(302, location)).toThrow(
        expect.objectContaining({ code: 'source-http-error', detail: expect.stringContaining('HTTP 302') }),
      );
    },
  );

  it('to an address that was visited is a circle', () => {
    expect(() => follow(302, here)).toThrow(expect.objectContaining({ code: 'source-redirects-too-many' }));
    expect(() => follow(302, '/start#again', ['https://a.example/start', 'https://a.example/next'])).toThrow(
      expect.objectContaining({ code: 'source-redirects-too-many', detail: 'the redirects form a circle' }),
    );
  });

  it('is followed as often as allowed and not once more', () => {
    const chain = (length: number): string[] =>
      Array.from({ length }, (_, hop) => `https://a.example/${hop}`);
    expect(follow(302, '/end', chain(5))).toBe('https://a.example/end');
    expect(() => follow(302, '/end', chain(6))).toThrow(
      expect.objectContaining({ code: 'source-redirects-too-many', detail: 'more than 5 redirects' }),
    );
  });
});

describe('a URL to request', () => {
  it('carries neither credentials nor a fragment', () => {
    expect(requestableUrl(new URL('http://me:secret@a.example/x?q#f'), isPortHarmless).href).toBe(
      'http://a.example/x?q',
    );
  });

  it.each(['ftp://a.example/x', 'data:,x', 'file:///x', 'blob:http://a.example/x'])('is not %s', (url) => {
    expect(() => requestableUrl(new URL(url), isPortHarmless)).toThrow(
      expect.objectContaining({ code: 'source-scheme-refused' }),
    );
  });

  it.each([
    ['http://a.example:25/x', 'port 25'],
    ['https://a.example:6379/', 'port 6379'],
    ['http://a.example:0/', 'port 0'],
  ])('does not lead to a dangerous port: %s', (url, detail) => {
    const refused = expect.objectContaining({ code: 'source-port-refused', detail });
    expect(() => requestableUrl(new URL(url), isPortHarmless)).toThrow(refused);
    expect(() => follow(302, url)).toThrow(refused);
  });
});
