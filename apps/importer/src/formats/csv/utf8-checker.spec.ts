import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { Utf8Checker } from './utf8-checker.js';

/** What the checker says of chunks of one stream: `ok` or a failure. */
function check(chunks: readonly Buffer[]): string {
  const checker = new Utf8Checker();
  try {
    for (const chunk of chunks) checker.check(chunk, false);
    checker.check(Buffer.alloc(0), true);
    return 'ok';
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);

describe('Utf8Checker', () => {
  const text = Buffer.from('aé€😀z\ufeff');

  it('accepts text wherever it is cut', () => {
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const chunks = [text.subarray(0, first), text.subarray(first, second), text.subarray(second)];
        expect(check(chunks)).toBe('ok');
      }
    }
  });

  it('accepts text that arrives byte by byte', () => {
    expect(check(Array.from(text, (byte) => bytes(byte)))).toBe('ok');
  });

  it('does not look at a chunk again that its maker has reused', () => {
    const checker = new Utf8Checker();
    const chunk = bytes(0x61, 0xc3);
    checker.check(chunk, false);
    chunk.fill(0xff);
    expect(() => checker.check(bytes(0xa9), true)).not.toThrow();
  });

  it.each<[string, Buffer]>([
    ['a letter of Latin-1', bytes(0x61, 0xe9, 0x62)],
    ['a continuation without a beginning', bytes(0x61, 0x80, 0x62)],
    ['many continuations at the end', bytes(0xc3, 0xa9, 0xa9, 0xa9, 0xa9)],
    ['an overlong encoding', bytes(0xc0, 0xaf)],
    ['half of a surrogate pair', bytes(0xed, 0xa0, 0x80)],
    ['a character beyond Unicode', bytes(0xf5, 0x80, 0x80, 0x80)],
    ['a byte that UTF-8 never uses', bytes(0xff)],
    ['a character that the end of the file cuts off', bytes(0x61, 0xe2, 0x82)],
  ])('refuses %s wherever it is cut', (_name, invalid) => {
    for (let cut = 0; cut <= invalid.length; cut++) {
      expect(check([invalid.subarray(0, cut), invalid.subarray(cut)])).toBe('text-encoding-invalid');
    }
  });

  it('refuses NUL bytes', () => {
    expect(check([Buffer.from('a\0b')])).toBe('text-encoding-invalid: it contains NUL bytes');
    expect(check([bytes(0xc3), bytes(0xa9, 0)])).toBe('text-encoding-invalid: it contains NUL bytes');
  });
});
