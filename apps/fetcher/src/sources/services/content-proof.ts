import { createHash } from 'node:crypto';
import type { BodyDigest } from '../../download/body-digest.js';

/** How the bytes of a version are proven to be those that the service speaks of. */
export interface ContentProof {
  readonly algorithm: keyof typeof titles;
  /** Hex. */
  readonly digest: string;
}

const titles = { sha256: 'SHA-256', sha1: 'SHA-1', md5: 'MD5', dropbox: "Dropbox's content_hash" };
/** Dropbox hashes the hashes of blocks of this length, in bytes. */
const dropboxBlockBytes = 4 * 1024 * 1024;

/** Checks a content against its proof. */
export function proofDigest({ algorithm, digest }: ContentProof): BodyDigest {
  const hash = algorithm === 'dropbox' ? dropboxHash() : createHash(algorithm);
  return {
    algorithm: titles[algorithm],
    update: (piece) => void hash.update(piece),
    isRight: () => hash.digest('hex') === digest.toLowerCase(),
  };
}

/** The hash that Dropbox has of a content: of the hashes of its blocks, each of four megabytes but the last. */
function dropboxHash(): { update(piece: Buffer): void; digest(encoding: 'hex'): string } {
  const whole = createHash('sha256');
  let block = createHash('sha256');
  let blockBytes = 0;
  return {
    update: (piece) => {
      for (let start = 0; start < piece.length;) {
        const part = piece.subarray(start, start + dropboxBlockBytes - blockBytes);
        block.update(part);
        blockBytes += part.length;
        start += part.length;
        if (blockBytes < dropboxBlockBytes) continue;
        whole.update(block.digest());
        block = createHash('sha256');
        blockBytes = 0;
      }
    },
    digest: (encoding) => {
      if (blockBytes > 0) whole.update(block.digest());
      return whole.digest(encoding);
    },
  };
}
