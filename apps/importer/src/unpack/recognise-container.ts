import { recogniseZip } from '../formats/recognise-zip.js';

/** What files can be packed in. */
export type Container = Compression | 'zip' | 'tar';

/** What single files are compressed with. */
export type Compression = 'gzip' | 'bzip2' | 'zstd';

const tarBlockBytes = 512;
const tarChecksumOffset = 148;
const tarChecksumBytes = 8;
const space = 0x20;

/** Tells by its first bytes what a file is packed in; `null` when it is not packed, or in what cannot be unpacked. */
export function recogniseContainer(head: Buffer): Container | null {
  const beginning = head.toString('latin1', 0, 4);
  if (/^\x1f\x8b\x08/.test(beginning)) return 'gzip';
  if (/^BZh[1-9]$/.test(beginning) && isBzip2(head)) return 'bzip2';
  if (beginning === '\x28\xb5\x2f\xfd' || /^[\x50-\x5f]\x2a\x4d\x18$/.test(beginning)) return 'zstd';
  // An empty archive begins with its end, one that was split with a marker. Documents are archives that stay packed.
  if (/^PK(\x03\x04|\x05\x06|\x07\x08)/.test(beginning)) return recogniseZip(head) === null ? 'zip' : null;
  return isTarHeader(head) ? 'tar' : null;
}

/** Text can begin as bzip2 does; its first block, or the end of an empty file, has a number of its own. */
function isBzip2(head: Buffer): boolean {
  return ['314159265359', '177245385090'].includes(head.toString('hex', 4, 10));
}

/** By the checksum, which archives older than POSIX, without a magic, have as well. */
function isTarHeader(head: Buffer): boolean {
  if (head.length < tarBlockBytes || head[0] === 0) return false;
  const end = tarChecksumOffset + tarChecksumBytes;
  const told = head.toString('latin1', tarChecksumOffset, end).replace(/\0.*$/s, '').trim();
  if (!/^[0-7]{1,7}$/.test(told)) return false;
  let sum = tarChecksumBytes * space;
  for (let i = 0; i < tarBlockBytes; i++) {
    if (i < tarChecksumOffset || i >= end) sum += head[i]!;
  }
  return sum === parseInt(told, 8);
}
