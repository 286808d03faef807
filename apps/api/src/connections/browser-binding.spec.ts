import { describe, expect, it } from '@jest/globals';
import {
  agreementOf,
  bindingOf,
  clearCookie,
  cookieName,
  createSecret,
  isAgreement,
  isState,
  readSecret,
  setCookie,
} from './browser-binding.js';

const state = 's'.repeat(43);
const secret = 'a'.repeat(43);

describe('the cookie of an authorization', () => {
  it('is kept from scripts, other sites and, with https, from plain connections', () => {
    const [plain, secure] = [false, true].map((isSecure) =>
      setCookie(cookieName(state, isSecure), secret, isSecure),
    );
    expect(plain).toMatch(
      /^tidetable_connect_[0-9a-f]{16}=a{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(secure).toBe(`__Host-${plain}; Secure`);
  });

  it('is removed under the same name', () => {
    const name = cookieName(state, true);
    expect(clearCookie(name, true)).toBe(`${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure`);
  });

  it('is another one for each authorization, whose name does not tell the state', () => {
    expect(cookieName(state, false)).not.toBe(cookieName('t'.repeat(43), false));
    expect(cookieName(state, false)).not.toContain('ssss');
  });

  it.each([
    [undefined, null],
    ['', null],
    ['other=1', null],
    [`name=${secret}`, secret],
    [`a=b; name=${secret}; c`, secret],
    [`xname=${secret}`, null],
    ['name=short', null],
    [`name=${secret}a`, null],
    [`name="${secret}"`, null],
  ])('is read from %j as %j', (header, expected) => {
    expect(readSecret(header, 'name')).toBe(expected);
  });

  it('holds 256 bits that are never the same', () => {
    const secrets = Array.from({ length: 100 }, createSecret);
    expect(new Set(secrets).size).toBe(100);
    expect(secrets.every((made) => readSecret(`name=${made}`, 'name') === made)).toBe(true);
  });
});

describe('what is derived from the cookie', () => {
  it('is different for each use, and not the cookie', () => {
    expect(new Set([secret, bindingOf(secret), agreementOf(secret)]).size).toBe(3);
  });

  it.each([
    [agreementOf(secret), true],
    [agreementOf('b'.repeat(43)), false],
    [bindingOf(secret), false],
    [secret, false],
    ['', false],
    [undefined, false],
    [[agreementOf(secret)], false],
  ])('tells whether %j is a link of our page', (given, expected) => {
    expect(isAgreement(given, secret)).toBe(expected);
  });
});

describe('the form of a state', () => {
  it.each([
    [state, true],
    ['s'.repeat(42), false],
    [`${'s'.repeat(42)}=`, false],
    [`${state}\n`, false],
    [[state], false],
    [undefined, false],
  ])('of %j is %s', (given, expected) => {
    expect(isState(given)).toBe(expected);
  });
});
