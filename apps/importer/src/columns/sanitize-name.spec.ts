import { describe, expect, it } from '@jest/globals';
import { freeName, transliterate } from './sanitize-name.js';

describe('transliterate', () => {
  it.each([
    ['ÀÉÎÕÜ', 'aeiou'],
    ['Ñandú', 'nandu'],
    ['АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ', 'abvgdeezhziiklmnoprstufkhtschshshchyeyuya'],
    ['Łódź', 'lodz'],
    ['名前', '名前'],
  ])('writes %s as %s', (text, latin) => {
    expect(transliterate(text)).toBe(latin);
  });
});

describe('freeName', () => {
  const takenOf = (...names: string[]) => {
    const taken = new Set(names);
    return (name: string): boolean => taken.has(name);
  };

  it.each<[string, string[], string]>([
    ['ports', [], 'ports'],
    ['ports', ['ports'], 'ports_1'],
    ['ports', ['ports', 'ports_1', 'ports_3'], 'ports_2'],
    ['x'.repeat(70), [], 'x'.repeat(63)],
    ['x'.repeat(70), ['x'.repeat(63)], `${'x'.repeat(61)}_1`],
  ])('finds for %s beside %j %s', (name, taken, free) => {
    expect(freeName(name, takenOf(...taken))).toBe(free);
  });

  it('finds none when as many are taken as may be tried', () => {
    expect(freeName('a', () => true, 10)).toBeNull();
    expect(freeName('a', (name) => name !== 'a_10', 10)).toBe('a_10');
  });
});
