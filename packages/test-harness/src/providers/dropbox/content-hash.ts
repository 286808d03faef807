import { createHash } from 'node:crypto';

const blockBytes = 4 * 1024 * 1024;

/** Dropbox's hash of a content: of the hashes of its blocks of 4 MiB. */
export function contentHash(bytes: Uint8Array): string {
  const whole = createHash('sha256');
  for (let from = 0; from < bytes.length; from += blockBytes) {
    whole.update(
      createHash('sha256')
        .update(bytes.subarray(from, from + blockBytes))
        .digest(),
    );
  }
  return whole.digest('hex');
}
