import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type Container, recogniseContainer } from './recognise-container.js';

/** The header of an empty file in the form that tar had before POSIX, with a checksum of this form. */
function oldTarHeader(checksum: (sum: number) => string): Buffer {
  const header = Buffer.alloc(512);
  header.write('a.csv\0', 0);
  header.write('0000644\0', 100);
  header.write('00000000000\0', 124);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(checksum(sum), 148);
  return header;
}

describe('recogniseContainer', () => {
  it.each<[string, Buffer, Container | null]>([
    ['a gzip file', gzipSync('a,b\n'), 'gzip'],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0'), 'zip'],
    ['an empty zip archive', Buffer.from('PK\x05\x06\0\0'), 'zip'],
    ['a tar archive', oldTarHeader((sum) => `${sum.toString(8).padStart(6, '0')}\0 `), 'tar'],
    ['a tar archive with another form of checksum', oldTarHeader((sum) => `${sum.toString(8)} \0`), 'tar'],
    ['a tar header that is damaged', oldTarHeader((sum) => `${(sum + 1).toString(8)} \0`), null],
    ['text', Buffer.from('a,b\n'.repeat(200)), null],
    ['text that begins like a zip archive', Buffer.from('PK,b\n'), null],
    ['many NUL bytes', Buffer.alloc(1024), null],
    ['nothing', Buffer.alloc(0), null],
  ])('recognises %s', (_name, head, container) => {
    expect(recogniseContainer(head)).toBe(container);
  });
});
