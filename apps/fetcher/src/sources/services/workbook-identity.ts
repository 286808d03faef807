import { createHash } from 'node:crypto';
import type { BodyDigest } from '../../download/body-digest.js';

/** A workbook has some dozens of members; what their directory takes is far below this, in bytes. */
const tailBytesMax = 1024 * 1024;
const endSignature = Buffer.from('PK\u0005\u0006', 'latin1');
const memberSignature = 0x02014b50;
const endBytes = 22;
const memberHeaderBytes = 46;

/** Looks at a workbook as it goes by. */
export interface WorkbookIdentity extends BodyDigest {
  /** When it has gone by: the same for the same cells; `null` when it is no zip archive that can be read. */
  identity(): string | null;
}

/**
 * Tells workbooks apart by what is in them. The same spreadsheet exported twice need not be the same bytes: the archive
 * has the time of the export in it, and so have the properties of the document. The checksums of the other members, which
 * stand in the archive's directory at its end, are of the cells and their formats only.
 */
export function workbookIdentity(): WorkbookIdentity {
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let bytes = 0;
  return {
    algorithm: 'none',
    isRight: () => true,
    update: (piece) => {
      bytes += piece.length;
      tailBytes += piece.length;
      tail.push(piece);
      if (tailBytes <= 2 * tailBytesMax) return;
      tail = [Buffer.concat(tail).subarray(-tailBytesMax)];
      tailBytes = tailBytesMax;
    },
    identity: () => identityOf(Buffer.concat(tail), bytes),
  };
}

function identityOf(tail: Buffer, bytes: number): string | null {
  const end = tail.lastIndexOf(endSignature);
  if (end === -1 || end + endBytes > tail.length) return null;
  const members = tail.readUInt16LE(end + 10);
  const firstByte = bytes - tail.length;
  const from = tail.readUInt32LE(end + 16) - firstByte;
  if (from < 0 || from > end) return null;
  const known = membersOf(tail.subarray(from, end), members);
  if (known === null) return null;
  const cells = known.filter((member) => !member.startsWith('docProps/')).sort();
  return cells.length === 0 ? null : createHash('sha256').update(cells.join('\n')).digest('hex');
}

/** Name, checksum and lengths of each member; `null` when the directory is not what it says. */
function membersOf(directory: Buffer, count: number): string[] | null {
  const members: string[] = [];
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    if (at + memberHeaderBytes > directory.length || directory.readUInt32LE(at) !== memberSignature)
      return null;
    const nameBytes = directory.readUInt16LE(at + 28);
    const skipped = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    const name = directory.toString('latin1', at + memberHeaderBytes, at + memberHeaderBytes + nameBytes);
    const [checksum, unpacked] = [directory.readUInt32LE(at + 16), directory.readUInt32LE(at + 24)];
    members.push(`${name} ${checksum} ${unpacked}`);
    at += memberHeaderBytes + nameBytes + skipped;
  }
  return members;
}
