import { SyncError } from '@tidetable/contracts';

/** Where the first member's name begins in an archive, and where its length stands. */
const nameOffset = 30;
const nameLengthOffset = 26;

/**
 * Tells spreadsheets from other archives by their members' names, which an archive holds in the clear; `null` when it is
 * no document of an office suite.
 *
 * @throws SyncError `file-type-unsupported`
 */
export function recogniseZip(head: Buffer): 'xlsx' | 'ods' | null {
  const nameEnd = head.length < nameOffset ? 0 : nameOffset + head.readUInt16LE(nameLengthOffset);
  const name = head.toString('latin1', nameOffset, nameEnd);
  if (name === 'mimetype') {
    if (head.includes('application/vnd.oasis.opendocument.spreadsheet')) return 'ods';
    throw new SyncError('file-type-unsupported', 'it looks like an OpenDocument file that is no spreadsheet');
  }
  if (/^(\[Content_Types\]\.xml$|(_rels|docProps|customXml|xl)[/\\])/.test(name)) {
    if (head.includes('xl/') || head.includes('xl\\')) return 'xlsx';
    throw new SyncError('file-type-unsupported', 'it looks like an Office document that is no workbook');
  }
  return null;
}
