import { describe, expect, it } from '@jest/globals';
import { readAddressedUsername } from './read-addressed-username.js';

describe('the account an address names', () => {
  it.each([
    [undefined, 'demo.example.org', 'demo'],
    [undefined, 'demo.example.org:8080', 'demo'],
    [undefined, 'DEMO.Example.ORG', 'demo'],
    [undefined, 'demo.example.org.', 'demo'],
    [undefined, 'example.org', null],
    [undefined, 'example.org:8080', null],
    [undefined, 'www.demo.example.org', null],
    [undefined, 'demo.example.com', null],
    [undefined, 'demoexample.org', null],
    [undefined, '.example.org', ''],
    [undefined, '127.0.0.1:8080', null],
    [undefined, '[::1]:8080', null],
    [undefined, '', null],
    [undefined, undefined, null],
    ['demo', 'example.org', 'demo'],
    ['Demo', 'other.example.org', 'demo'],
  ])('with %j in the path and the host %j is %j', (path, host, username) => {
    expect(readAddressedUsername(path, host, 'example.org')).toBe(username);
  });
});
