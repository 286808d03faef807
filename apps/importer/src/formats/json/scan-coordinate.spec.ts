import { describe, expect, it } from '@jest/globals';
import { scanCoordinate, unusable } from './scan-coordinate.js';
import { incomplete } from './scan-json.js';

const into = new Float64Array(1);

function scan(text: string): number {
  const bytes = Buffer.from(text);
  return scanCoordinate(bytes, 0, bytes.length, into, 0);
}

describe('scanCoordinate', () => {
  it.each([
    '0',
    '-0',
    '12',
    '-3.7',
    '179.99999999999997',
    '-3.7037901999999997',
    '40.416775400000002',
    '0.1000000000000000055511151231257827',
    '123456789012345678901234567890',
    '1e-7',
    '-1.25E+2',
    '9007199254740993.0',
    '0.000000000000000000001',
    '4.9e-324',
    '5e-324',
    '2.2250738585072011e-308',
  ])('reads %s as the nearest double', (text) => {
    expect(scan(`${text},`)).toBe(text.length);
    expect(into[0]).toBe(Number(text));
  });

  it('reads numbers of any length as the nearest double', () => {
    let state = 1;
    for (let round = 0; round < 20_000; round++) {
      state = (state * 48_271) % 2_147_483_647;
      const text = ((state / 2_147_483_647 - 0.5) * 10 ** ((state % 7) - 3)).toPrecision(1 + (state % 20));
      scan(`${text}]`);
      expect([text, into[0]]).toEqual([text, Number(text)]);
    }
  });

  it.each(['1', '-', '1.', '1.5', '1e', '1e-', ''])('waits for more behind %j', (text) => {
    expect(scan(text)).toBe(incomplete);
  });

  it.each(['"1"', 'null', '-,', '.5,', '1.,', '1e,', '[1'])('finds no number in %s', (text) => {
    expect(scan(text)).toBe(unusable);
  });
});
