import { describe, expect, it } from '@jest/globals';
import { unpackBzip2 } from './unpack-bzip2.js';

/** What `bzip2` makes of a line, and of a million NUL bytes. */
const line = Buffer.from('QlpoOTFBWSZTWZ88EfMAAANRAAAQQAQCRKAAISmjEIYC8oNwoeLuSKcKEhPngj5g', 'base64');
const nothing = Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64');

async function unpack(bytes: Buffer, chunkBytes = bytes.length): Promise<string> {
  const pieces: Buffer[] = [];
  const content = (async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  })();
  for await (const piece of unpackBzip2(content)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('unpackBzip2', () => {
  it('gives the text, wherever the chunks are cut', async () => {
    for (const chunkBytes of [1, 2, 7, 1_000]) expect(await unpack(line, chunkBytes)).toBe('hello, hello\n');
    expect(await unpack(nothing)).toBe('');
  });

  it('goes on with the next stream', async () => {
    expect(await unpack(Buffer.concat([line, nothing, line]), 3)).toBe('hello, hello\nhello, hello\n');
  });

  it('refuses what is cut off, and what has a bit that is another one', async () => {
    for (let end = 0; end < line.length; end++) {
      await expect(unpack(line.subarray(0, end))).rejects.toMatchObject({ code: 'archive-broken' });
    }
    for (let at = 0; at < line.length - 1; at++) {
      const damaged = Buffer.from(line);
      damaged[at]! ^= 0x10;
      const result = await unpack(damaged).catch((error: { code?: string }) => error.code);
      // The size of blocks may be another one, and the bits that fill up the last byte.
      expect(at === 3 ? 'archive-broken' : result).toBe('archive-broken');
    }
  });
});
