import { describe, expect, it } from '@jest/globals';
import { decodersFor } from './decode-content.js';

const namesOf = (contentEncoding: string | undefined): string[] =>
  decodersFor(contentEncoding).map((decoder) => decoder.constructor.name);

describe('the decoders of a content encoding', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['identity', []],
    ['gzip', ['Gunzip']],
    ['X-GZIP', ['Gunzip']],
    ['deflate', ['Inflate']],
    ['br', ['BrotliDecompress']],
    ['gzip, identity', ['Gunzip']],
    ['br, gzip', ['Gunzip', 'BrotliDecompress']],
  ])('%p are %p', (contentEncoding, expected) => {
    expect(namesOf(contentEncoding)).toEqual(expected);
  });

  it.each(['compress', 'zstd', 'gzip, unheard-of', 'gzip, gzip, gzip'])(
    '%s do not exist',
    (contentEncoding) => {
      expect(() => decodersFor(contentEncoding)).toThrow(
        expect.objectContaining({ code: 'source-http-error' }),
      );
    },
  );
});
