import { SyncError } from '@tidetable/contracts';

/** An entry of the directory in the container of older Office; the name of its stream comes first, in UTF-16. */
const entryBytes = 128;
const nameLengthOffset = 64;
const packageName = Buffer.from('EncryptedPackage\0', 'utf16le');

/** The first record of a workbook of Excel 97, and the one that a password puts behind it. */
const workbookBeginning = Buffer.from([0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
const beginningBytes = 20;
const passwordRecord = 0x2f;
const writeProtectRecord = 0x86;
const sectorBytes = 512;

/**
 * Refuses a workbook that is protected by a password: a newer one is then packed in the container that older ones come
 * in, and an older one has a record that says so. `file` is such a container.
 *
 * @throws SyncError `archive-encrypted`
 */
export async function refuseEncrypted(file: { open(): Promise<AsyncIterable<Buffer>> }): Promise<void> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of await file.open()) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const whole = bytes.length - (bytes.length % sectorBytes);
    const sectors = bytes.subarray(0, whole);
    if (hasPackage(sectors) || hasPassword(sectors)) {
      throw new SyncError('archive-encrypted', 'it is an Office document');
    }
    held = bytes.subarray(whole);
  }
}

function hasPackage(sectors: Buffer): boolean {
  for (let at = sectors.indexOf(packageName); at !== -1; at = sectors.indexOf(packageName, at + 1)) {
    if (at % entryBytes === 0 && sectors.readUInt16LE(at + nameLengthOffset) === packageName.length)
      return true;
  }
  return false;
}

function hasPassword(sectors: Buffer): boolean {
  for (
    let at = sectors.indexOf(workbookBeginning);
    at !== -1;
    at = sectors.indexOf(workbookBeginning, at + 1)
  ) {
    if (at % sectorBytes !== 0) continue;
    let next = at + beginningBytes;
    if (sectors.readUInt16LE(next) === writeProtectRecord) next += 4 + sectors.readUInt16LE(next + 2);
    if (sectors.readUInt16LE(next) === passwordRecord) return true;
  }
  return false;
}
