import { describe, expect, it } from '@jest/globals';
import { unpackZstd } from './unpack-zstd.js';

/** What `zstd` makes of a line. */
const line = Buffer.from('KLUv/QRYaQAAaGVsbG8sIGhlbGxvCgBTs7c=', 'base64');
const magic = line.subarray(0, 4);
const skippable = Buffer.from('502a4d1803000000616263', 'hex');
/** A frame of one block: a byte that is repeated as often as it says. */
const repeated = (times: number, window = 0x58): Buffer => {
  const block = Buffer.alloc(3);
  block.writeUIntLE((times << 3) | (1 << 1) | 1, 0, 3);
  return Buffer.concat([magic, Buffer.from([0, window]), block, Buffer.from('x')]);
};

async function unpack(bytes: Buffer, chunkBytes = bytes.length): Promise<string> {
  const pieces: Buffer[] = [];
  const content = (async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  })();
  for await (const piece of unpackZstd(content)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('unpackZstd', () => {
  it('gives the text, wherever the chunks are cut', async () => {
    for (const chunkBytes of [1, 2, 7, 1_000]) expect(await unpack(line, chunkBytes)).toBe('hello, hello\n');
  });

  it('goes on with the next frame, and skips what is for others', async () => {
    expect(await unpack(Buffer.concat([skippable, line, skippable, repeated(3), line]), 3)).toBe(
      'hello, hello\nxxxhello, hello\n',
    );
  });

  it('refuses what is cut off', async () => {
    for (let end = 1; end < line.length; end++) {
      await expect(unpack(line.subarray(0, end))).rejects.toMatchObject({ code: 'archive-broken' });
    }
    await expect(unpack(skippable.subarray(0, 9))).rejects.toMatchObject({ code: 'archive-broken' });
  });

  it.each([
    ['a block that stands for too much', repeated(200_000)],
    ['a frame with a dictionary', Buffer.concat([magic, Buffer.from([1, 0x58, 7, 1, 0, 0])])],
    ['a block of no kind', Buffer.concat([magic, Buffer.from([0, 0x58, 7, 0, 0])])],
    [
      'a frame that says another length',
      Buffer.concat([magic, Buffer.from([0x20, 9, 0x1b, 0, 0]), Buffer.from('x')]),
    ],
    ['something else behind it', Buffer.concat([line, Buffer.from('junk')])],
  ])('refuses %s', async (_what, bytes) => {
    await expect(unpack(bytes)).rejects.toMatchObject({ code: 'archive-broken' });
  });

  it('refuses a window that would have to stay in memory', async () => {
    await expect(unpack(repeated(3, 0x80))).rejects.toMatchObject({ code: 'archive-too-large' });
    await expect(unpack(repeated(3, 0x78))).resolves.toBe('xxx');
  });
});
