import { describe, expect, it } from '@jest/globals';
import { isPortHarmless, parseAllowedPorts, portOf } from './allowed-ports.js';

describe('a port', () => {
  it.each([80, 443, 8000, 8080, 8443, 3000, 5000, 9000, 49_152, 65_535])('%i is harmless', (port) => {
    expect(isPortHarmless(port)).toBe(true);
  });

  it.each([0, 21, 22, 23, 25, 53, 110, 143, 389, 445, 587, 2375, 3306, 4222, 5432, 6379, 11_211, 27_017])(
    '%i is refused where nobody has allowed it',
    (port) => {
      expect(isPortHarmless(port)).toBe(false);
    },
  );

  it.each<[string, number, boolean]>([
    ['', 80, true],
    ['', 25, false],
    ['80,443', 443, true],
    ['80,443', 8080, false],
    [' 80 , 8000-8002 ', 8002, true],
    ['80,8000-8002', 8003, false],
    ['25', 25, true],
  ])('of the list %j: %i is allowed: %j', (list, port, allowed) => {
    expect(parseAllowedPorts(list)(port)).toBe(allowed);
  });

  it.each(['http', '0', '65536', '10-1', '80-', '-80', '80;443', '1e3', '123456'])(
    'is not written as %j',
    (list) => {
      expect(() => parseAllowedPorts(list)).toThrow(TypeError);
    },
  );

  it.each<[string, number]>([
    ['http://a.example/', 80],
    ['https://a.example/', 443],
    ['http://a.example:443/', 443],
    ['https://a.example:8443/', 8443],
    ['http://[::1]:25/', 25],
  ])('of %s is %i', (url, port) => {
    expect(portOf(new URL(url))).toBe(port);
  });
});
