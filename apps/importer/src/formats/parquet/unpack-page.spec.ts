import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { unpackPage } from './unpack-page.js';

const codec = { none: 0, snappy: 1, gzip: 2, lzo: 3, brotli: 4, olderLz4: 5, zstd: 6, lz4: 7 };
const text = 'tide tide tide tide tide table';
const ascii = (value: string): number[] => [...Buffer.from(value)];

const snappy = Buffer.from([
  30,
  (5 - 1) << 2,
  ...ascii('tide '),
  ((19 - 1) << 2) | 2,
  5,
  0,
  (6 - 1) << 2,
  ...ascii(' table'),
]);
const lz4 = Buffer.from([0x5f, ...ascii('tide '), 5, 0, 0, 0x60, ...ascii(' table')]);
const inHadoop = Buffer.concat([Buffer.from([0, 0, 0, 30, 0, 0, 0, lz4.length]), lz4]);
const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 30, (30 << 3) | 1, 0, 0, ...ascii(text)]);
const repeated = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 100, ...[(100 << 3) | 3, 3, 0], 0x61]);

/** What `zstd` makes of a text with codes for its letters, and copies. */
const longText = `${'the tide comes in, the tide goes out; station 7 of the harbour of Cádiz tells how high it is. '.repeat(3)}${'Quick brown foxes jump over lazy dogs, while 12345 ships wait for 67890 boats! '.repeat(2)}the tide table of station 8 and station 9`;
const longZstd = Buffer.from(
  'KLUv/WTkAB0FANJKIh6QTQf/j/k/MzhpW4M+Rpo22trafe70t/AXebD8Vw6MdMUvsy8rFC9gb2zoA7MoybOevxy5W4ypPXIYBXFZmXIP7NTSvS/WZ3LrY5ZG3cqu5y+uM+hVxNpzwfIvn05MzzW9rVXefyyBofPZz7SGskhnX/nVfOO1b67Wt7KnBxffSqujS4nvJb0BBwAxRbO/cNuKcFoK1GAnBtKGaqJp0w7gS8H1',
  'base64',
);

function unpack(by: number, packed: Buffer, bytes: number): string {
  const out = Buffer.alloc(bytes);
  unpackPage(by, packed, out);
  return out.toString();
}

describe('a page is unpacked', () => {
  it.each<[string, number, Buffer]>([
    ['as it is', codec.none, Buffer.from(text)],
    ['of Snappy', codec.snappy, snappy],
    ['of gzip', codec.gzip, gzipSync(text)],
    ['of Brotli', codec.brotli, brotliCompressSync(text)],
    ['of Zstandard', codec.zstd, zstd],
    ['of LZ4', codec.lz4, lz4],
    ['of LZ4 in the blocks of Hadoop', codec.olderLz4, inHadoop],
    ['of LZ4 under its older name', codec.olderLz4, lz4],
  ])('%s, whole, and never into more or less room', (_what, by, packed) => {
    expect(unpack(by, packed, text.length)).toBe(text);
    expect(() => unpack(by, packed, text.length - 1)).toThrow();
    expect(() => unpack(by, packed, text.length + 1)).toThrow();
    for (let end = 0; end < packed.length; end++) {
      const cut = packed.subarray(0, end);
      // What is left of it may only fail, or be all of it.
      const outcome = ((): string => {
        try {
          return unpack(by, cut, text.length);
        } catch {
          return text;
        }
      })();
      expect(outcome).toBe(text);
    }
  });

  it.each<[string, number, number[], number]>([
    ['Snappy that copies from before the beginning', codec.snappy, [8, 0, 97, ((4 - 1) << 2) | 2, 9, 0], 8],
    ['Snappy that copies from nowhere', codec.snappy, [8, 0, 97, ((4 - 1) << 2) | 2, 0, 0], 8],
    ['Snappy of a length without end', codec.snappy, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8],
    ['Snappy of more literals than follow', codec.snappy, [8, 63 << 2, 0xff, 0xff, 0xff, 0xff], 8],
    ['LZ4 that copies from before the beginning', codec.lz4, [0x10, 97, 9, 0, 0], 8],
    ['LZ4 of a length without end', codec.lz4, [0xf0, 0xff, 0xff, 0xff], 8],
    [
      'Zstandard whose frame says that it is larger',
      codec.zstd,
      [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0x7f],
      8,
    ],
    ['Zstandard with a window of gigabytes', codec.zstd, [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 1, 0, 0], 8],
    [
      'Zstandard of a block that is too large',
      codec.zstd,
      [0x28, 0xb5, 0x2f, 0xfd, 0x20, 8, 0xff, 0xff, 0xff],
      8,
    ],
  ])('unless it is %s', (_what, by, packed, bytes) => {
    expect(() => unpack(by, Buffer.from(packed), bytes)).toThrow();
  });

  it('of Zstandard with codes and copies, and never hangs or leads out of it when it is damaged', () => {
    const bytes = Buffer.byteLength(longText);
    expect(unpack(codec.zstd, longZstd, bytes)).toBe(longText);
    const outcomes = { unpacked: 0, refused: 0 };
    for (let at = 0; at < longZstd.length; at++) {
      for (const flip of [0x01, 0x10, 0x80, 0xff]) {
        const damaged = Buffer.from(longZstd);
        damaged[at]! ^= flip;
        try {
          unpack(codec.zstd, damaged, bytes);
          outcomes.unpacked++;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          outcomes.refused++;
        }
      }
    }
    expect(outcomes.unpacked + outcomes.refused).toBe(4 * longZstd.length);
    expect(outcomes.refused).toBeGreaterThan(longZstd.length);
  });

  it('of Zstandard whose few bytes claim copies without end, in no time', () => {
    // 98,046 sequences, each from tables of a single symbol that takes no bits.
    const block = [0x08, 0x61, 0xff, 0xff, 0xff, 0b0101_0100, 0, 0, 51, 1];
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x60, 0, 1, (block.length << 3) | 5, 0, 0, ...block];
    expect(() => unpack(codec.zstd, Buffer.from(frame), 512)).toThrow(RangeError);
  });

  it('of a byte that stands for many, no further than it says', () => {
    expect(unpack(codec.zstd, repeated, 100)).toBe('a'.repeat(100));
    expect(() => unpack(codec.zstd, repeated, 99)).toThrow();
  });

  it('of a codec that is not read is refused', () => {
    expect(() => unpack(codec.lzo, Buffer.from(text), 8)).toThrow(SyncError);
  });
});
