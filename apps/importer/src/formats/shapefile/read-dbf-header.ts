import { SyncError } from '@tidetable/contracts';

/** A column of a dBASE table. */
export interface DbfField {
  /** Its name as bytes, whose encoding is that of the values. */
  readonly name: Buffer;
  /** What dBASE calls its type: `C` text, `N` and `F` numbers, `D` days, `L` yes or no, and others. */
  readonly type: string;
  /** Where it stands in a record, whose first byte is the mark of deletion. */
  readonly offset: number;
  readonly length: number;
  readonly decimals: number;
}

/** What stands before the records of a dBASE table. */
export interface DbfHeader {
  readonly fields: readonly DbfField[];
  readonly records: number;
  readonly headerBytes: number;
  readonly recordBytes: number;
  /** A number for the encoding, which many programs leave at 0. */
  readonly language: number;
}

const fieldsOffset = 32;
const descriptorBytes = 32;
const terminator = 0x0d;

/**
 * Reads what stands before the records of a dBASE table.
 *
 * @throws SyncError `file-unreadable`
 */
export function readDbfHeader(head: Buffer): DbfHeader {
  if (head.length < fieldsOffset) throw broken();
  const headerBytes = head.readUInt16LE(8);
  const recordBytes = head.readUInt16LE(10);
  const fields: DbfField[] = [];
  let offset = 1;
  for (let at = fieldsOffset; at + descriptorBytes <= headerBytes; at += descriptorBytes) {
    if (at >= head.length || head[at] === terminator) break;
    if (at + descriptorBytes > head.length) throw broken();
    const field = readField(head.subarray(at, at + descriptorBytes), offset);
    fields.push(field);
    offset += field.length;
  }
  if (offset > recordBytes || headerBytes < fieldsOffset) throw broken();
  return { fields, records: head.readUInt32LE(4), headerBytes, recordBytes, language: head[29]! };
}

function readField(descriptor: Buffer, offset: number): DbfField {
  const nameEnd = descriptor.indexOf(0);
  const type = descriptor.toString('latin1', 11, 12).toUpperCase();
  const isNumber = type === 'N' || type === 'F';
  return {
    name: descriptor.subarray(0, nameEnd === -1 ? 11 : Math.min(nameEnd, 11)),
    type,
    offset,
    // Long texts use the byte that numbers have their decimals in.
    length: isNumber ? descriptor[16]! : type === 'C' ? descriptor.readUInt16LE(16) : descriptor[16]!,
    decimals: isNumber ? descriptor[17]! : 0,
  };
}

function broken(): SyncError {
  return new SyncError('file-unreadable', 'the .dbf of the shapefile is damaged');
}
