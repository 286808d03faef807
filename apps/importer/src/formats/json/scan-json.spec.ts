import { describe, expect, it } from '@jest/globals';
import { decoded, decodeString } from './decode-string.js';
import { incomplete, MalformedJson, scanString, skipValue } from './scan-json.js';

/** Where the value ends that a text begins with; the reason when it is none. */
function endOf(text: string): number | string {
  const bytes = Buffer.from(text);
  try {
    return skipValue(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof MalformedJson) return error.reason;
    throw error;
  }
}

/** Numbers that look random and are the same each time. */
function* random(): Generator<number, never> {
  for (let state = 7; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}

describe('skipValue', () => {
  it.each([
    '{}',
    '[]',
    ' []'.trim(),
    '"x"',
    'true',
    'false',
    'null',
    '[[[]],{"a":{}}]',
    '[1,-0,0.5,1e5,1E+5,1.5e-5,-12]',
    '{"a":"\\u00e9\\n\\"","b":[{"c":null}]}',
    '[ 1 , { "a" : [ ] } ]',
  ])('finds the end of %s', (text) => {
    expect(endOf(`${text},`)).toBe(text.length);
  });

  it.each([
    '',
    '{',
    '[',
    '"',
    '"\\',
    '"\\u00',
    '[1',
    '[1,',
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    'tru',
    '-',
    '12',
    '-Inf',
  ])('waits for more behind %j', (text) => {
    expect(text === '' ? incomplete : endOf(text)).toBe(incomplete);
  });

  it.each([
    '[1 2]',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '{1:2}',
    '{"a"}',
    '[1}',
    '{"a":1]',
    '[01]',
    '[1.]',
    '[.5]',
    '[1e]',
    '[+1]',
    '[- 1]',
    '[0x1]',
    '[nul]',
    "['a']",
    '["\t"]',
    '["\\x"]',
    '["\\u12x4"]',
    '[undefined]',
  ])('refuses %s', (text) => {
    expect(endOf(text)).toEqual(expect.any(String));
    expect(() => JSON.parse(text) as unknown).toThrow();
  });

  it('takes and refuses what JSON.parse does, whatever was done to the bytes', () => {
    const numbers = random();
    const next = (limit: number): number => numbers.next().value % limit;
    const seed = '{"a":[1,-2.5e3,"x\\u00e9\\\\",{"b":null,"c":[]},true],"d":{"e":false}}';
    const alphabet = '{}[]",:0123.eE+-\\un tf';
    let taken = 0;
    for (let round = 0; round < 20_000; round++) {
      const characters = [...seed];
      for (let change = next(3); change >= 0; change--) {
        characters.splice(next(characters.length), next(3), alphabet[next(alphabet.length)]!);
      }
      const text = characters.join('').trim();
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) taken++;
      if (text !== '' && !/^[\d-]/.test(text))
        expect([text, endOf(text) === text.length]).toEqual([text, isJson]);
    }
    expect(taken).toBeGreaterThan(100);
  });

  it('goes as deep as it may and no deeper', () => {
    expect(endOf('['.repeat(512) + ']'.repeat(512))).toBe(1024);
    expect(endOf('['.repeat(513))).toBe('more than 512 values stand in each other');
  });
});

describe('decodeString', () => {
  it.each([
    '',
    'plain é 🌊',
    'tab\tquote"back\\slash/',
    '\b\f\n\r',
    '\u0001\u001f\u007f\u0080\u07ff\u0800\uffff',
    '𐀀􏿿',
  ])('makes of %j what JSON.parse makes of it', (text) => {
    const everyEscape = [...Array(text.length).keys()]
      .map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join('');
    for (const written of [
      JSON.stringify(text),
      `"${everyEscape}"`,
      `"${everyEscape.toUpperCase().replaceAll('\\U', '\\u')}"`,
    ]) {
      const bytes = Buffer.from(written);
      expect(scanString(bytes, 1, bytes.length)).toBe(bytes.length - 1);
      const length = decodeString(bytes, 1, bytes.length - 1);
      expect(decoded.toString('utf8', 0, length)).toBe(text);
    }
  });
});
