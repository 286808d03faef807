import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { refuseEncrypted } from './refuse-encrypted.js';

const sector = (...parts: (string | number[])[]): Buffer => {
  const bytes = Buffer.alloc(512);
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))).copy(bytes);
  return bytes;
};
const entry = (name: string, length = 2 * name.length + 2): Buffer => {
  const bytes = Buffer.alloc(128);
  bytes.write(name, 'utf16le');
  bytes.writeUInt16LE(length, 64);
  return bytes;
};
const header = sector('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1');
const workbook = [0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00, ...Array<number>(12).fill(0)];
const password = [0x2f, 0x00, 0x36, 0x00];
const writeProtect = [0x86, 0x00, 0x00, 0x00];

const directory = Buffer.concat([
  entry('Root Entry'),
  entry('EncryptionInfo'),
  entry('EncryptedPackage'),
  entry(''),
]);

async function judge(bytes: Buffer, pieceBytes: number): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  try {
    await refuseEncrypted({ open: async () => pieces() });
    return 'passed';
  } catch (error) {
    return error instanceof SyncError ? error.code : String(error);
  }
}

describe('a workbook with a password', () => {
  it.each<[string, Buffer[], string]>([
    ['of a newer Excel', [header, sector(), directory], 'archive-encrypted'],
    ['of Excel 97', [header, sector(workbook, password)], 'archive-encrypted'],
    [
      'of Excel 97, against writing too',
      [header, sector(workbook, writeProtect, password)],
      'archive-encrypted',
    ],
    [
      'that only demands one for writing',
      [header, sector(workbook, writeProtect, [0x5c, 0, 0, 0])],
      'passed',
    ],
    ['that has none', [header, sector(workbook, [0xe1, 0x00])], 'passed'],
    [
      'that only speaks of it',
      [header, Buffer.concat([Buffer.alloc(2), directory, Buffer.alloc(510)])],
      'passed',
    ],
    [
      'that has a stream of nearly the name',
      [header, sector(), Buffer.concat([entry('EncryptedPackage', 30), Buffer.alloc(384)])],
      'passed',
    ],
    ['that has nothing', [header], 'passed'],
  ])('%s', async (_what, sectors, verdict) => {
    const bytes = Buffer.concat(sectors);
    for (const pieceBytes of [bytes.length, 512, 100, 7])
      expect(await judge(bytes, pieceBytes)).toBe(verdict);
  });
});
