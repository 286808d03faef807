import { describe, expect, it } from '@jest/globals';
import { contentHash } from './content-hash.js';

const block = Buffer.alloc(
  4 * 1024 * 1024,
  Uint8Array.from({ length: 256 }, (_none, value) => value),
);

describe("Dropbox's hash of a content", () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      'a few bytes',
      Buffer.from('a,b\n1,2\n'),
      '2661b0d5234d4d8d9899a9466952f8aa7948d7f84b4c4633643cf2a2ceff3514',
    ],
    ['one block', block, '894bbb52d1212d6bcbe9967f1a2169138c4d4af0c8dfbaeae86cd1d3f0c03faf'],
    [
      'a byte more than a block',
      Buffer.concat([block, Buffer.from([255])]),
      '9149387a91f71c7c2149b8427d15526b71c1a38d6c6f999ad71486a2ce788d57',
    ],
    [
      'two blocks',
      Buffer.alloc(8 * 1024 * 1024),
      '03ae066c707c588592d9e27aa2444ca98423e0999024f1ceaa11a153790b37de',
    ],
  ])('is the published one of %s', (_what, bytes, hash) => {
    expect(contentHash(bytes)).toBe(hash);
  });
});
