import type { FileHandle } from 'node:fs/promises';
import { SyncError } from '@tidetable/contracts';
import { refuseOtherEncodings, scanPart, verifyText } from './scan-part.js';
import { scanString } from './scan-text.js';
import {
  incomplete,
  isSelfClosing,
  localName,
  MalformedXml,
  markupAt,
  nextMarkup,
  skipElement,
  skipOther,
  tagEnd,
} from './scan-xml.js';
import { SharedStrings } from './shared-strings.js';
import { TextBuffer } from '../text-buffer.js';

const title = 'the part with the shared texts';

/**
 * Reads the strings that the cells of a workbook share (ECMA-376 part 1, 18.4). Whoever gets them closes them.
 *
 * @throws SyncError `file-unreadable` or `text-encoding-invalid`
 */
export async function readSharedStrings(
  content: AsyncIterable<Buffer> | null,
  createFile: () => Promise<FileHandle>,
): Promise<SharedStrings> {
  const strings = new SharedStrings(createFile);
  try {
    if (content !== null) await new StringsReading(strings).read(content);
    await strings.turnPage();
    return strings;
  } catch (error) {
    await strings.close();
    if (!(error instanceof MalformedXml)) throw error;
    throw new SyncError('file-unreadable', `${title} ${error.message}`, { cause: error });
  }
}

class StringsReading {
  private readonly text = new TextBuffer();
  private isOpen = false;
  private isWhole = false;

  constructor(private readonly strings: SharedStrings) {}

  async read(content: AsyncIterable<Buffer>): Promise<void> {
    await scanPart(
      title,
      content,
      (bytes) => this.scan(bytes),
      async () => undefined,
    );
    if (!this.isWhole) throw new MalformedXml('ends early');
  }

  private async scan(bytes: Buffer): Promise<number> {
    if (!this.isOpen) refuseOtherEncodings(bytes);
    let scanned = 0;
    for (;;) {
      const next = this.scanMarkup(bytes, scanned, bytes.length);
      if (next === incomplete) break;
      if (next === pageFull) await this.strings.turnPage();
      else scanned = next;
    }
    verifyText(bytes.subarray(0, scanned), title);
    return scanned;
  }

  private scanMarkup(bytes: Buffer, from: number, to: number): number {
    const at = nextMarkup(bytes, from, to);
    if (at === incomplete) return incomplete;
    const kind = markupAt(bytes, at);
    if (kind === 'other') return skipOther(bytes, at, to);
    const end = tagEnd(bytes, at, to);
    if (end === incomplete) return incomplete;
    const name = localName(bytes, at);
    if (name === 'sst') {
      this.isWhole = kind === 'end' || isSelfClosing(bytes, end);
      this.isOpen = true;
      return end + 1;
    }
    if (!this.isOpen) throw new MalformedXml('is something else');
    if (name !== 'si' || kind === 'end') return skipElement(bytes, at, to);
    return this.scanItem(bytes, end, to);
  }

  private scanItem(bytes: Buffer, end: number, to: number): number {
    const { text, strings } = this;
    text.clear();
    if (isSelfClosing(bytes, end)) return strings.add(text.bytes, 0, 0) ? end + 1 : pageFull;
    const close = scanString(bytes, end + 1, to, text);
    const after = close === incomplete ? incomplete : tagEnd(bytes, close, to);
    if (after === incomplete) return incomplete;
    return strings.add(text.bytes, text.piece, text.length) ? after + 1 : pageFull;
  }
}

/** The item has to be read again once there is room for it. */
const pageFull = -2;
