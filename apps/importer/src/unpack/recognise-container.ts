import { recogniseZip } from '../formats/recognise-zip.js';

/** What files can be packed in. */
export type Container = 'gzip' | 'zip' | 'tar';

const tarBlockBytes = 512;
const tarChecksumOffset = 148;
const tarChecksumBytes = 8;
const space = 0x20;

/** Tells by its first bytes what a file is packed in; `null` when it is not packed, or in what cannot be unpacked. */
export function recogniseContainer(head: Buffer): Container | null {
  const beginning = head.toString('latin1', 0, 4);
  if (/^\x1f\x8b\x08/.test(beginning)) return 'gzip';
  // An empty archive begins with its end, one that was split with a marker. Documents are archives that stay packed.
  if (/^PK(\x03\x04|\x05\x06|\x07\x08)/.test(beginning)) return recogniseZip(head) === null ? 'zip' : null;
  return isTarHeader(head) ? 'tar' : null;
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
