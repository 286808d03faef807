import { isUtf8 } from 'node:buffer';
import { SyncError } from '@tidetable/contracts';
import { MalformedXml } from './scan-xml.js';

/** What has to be in hand at once: a row, or a text. */
const heldBytesMax = 32 * 1024 * 1024;

/** Scans what is complete of some bytes and returns where the rest begins; not called again once it returns `null`. */
export type ScanPiece = (bytes: Buffer) => number | Promise<number> | null;

/**
 * Hands a part of a workbook to `scan`, as it is unpacked; what it leaves comes again with more behind it. Awaits
 * `pause` between pieces.
 *
 * @throws SyncError `file-unreadable` when something does not end within 32 MiB
 */
export async function scanPart(
  title: string,
  content: AsyncIterable<Buffer>,
  scan: ScanPiece,
  pause: () => Promise<void>,
): Promise<void> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** Scanning waits for so much, so that something long is not scanned again with every piece of it. */
  let enoughBytes = 0;
  for await (const chunk of content) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < enoughBytes) continue;
    const bytes = held.length === 1 ? chunk : Buffer.concat(held);
    const scanned = await scan(bytes);
    if (scanned === null) return;
    heldBytes = bytes.length - scanned;
    held = heldBytes === 0 ? [] : [bytes.subarray(scanned)];
    enoughBytes = scanned === 0 ? Math.min(2 * heldBytes, heldBytesMax + 1) : 0;
    if (heldBytes > heldBytesMax) {
      throw new SyncError('file-unreadable', `${title} has a row that does not end within 32 MiB`);
    }
    await pause();
  }
  // What was waited for does not come.
  if (enoughBytes > 0 && heldBytes > 0) await scan(Buffer.concat(held));
}

/**
 * Makes sure that what was scanned is text.
 *
 * @throws SyncError `text-encoding-invalid`
 */
export function verifyText(bytes: Buffer, place: string): void {
  if (bytes.includes(0) || !isUtf8(bytes)) throw new SyncError('text-encoding-invalid', place);
}

/**
 * UTF-8 is what every program writes; the standard allows UTF-16 too.
 *
 * @throws MalformedXml for another encoding
 */
export function refuseOtherEncodings(bytes: Buffer): void {
  const beginning = bytes.toString('latin1', 0, 256);
  if (/^(\xff\xfe|\xfe\xff|<\0|\0<)/.test(beginning)) throw new MalformedXml('is written in UTF-16');
  const named = /^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']/.exec(beginning)?.[1];
  if (named !== undefined && !/^(utf-?8|us-ascii)$/i.test(named)) {
    throw new MalformedXml('is written in another encoding than UTF-8');
  }
}
