import { ThriftReader, thriftType } from './thrift-reader.js';

/** How values are written, by Parquet's numbers. */
export const encoding = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  bitPacked: 4,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

export const pageKind = { data: 0, dictionary: 2, dataSecond: 3 } as const;

/** What stands before a page. */
export interface PageHeader {
  readonly kind: number;
  /** Its bytes in the file, and unpacked. */
  readonly packedBytes: number;
  readonly bytes: number;
  /** The checksum of its bytes in the file, where the writer noted one. */
  readonly checksum: number | null;
  /** How many entries it has, or values if it is a dictionary. */
  readonly entries: number;
  readonly encoding: number;
  /** How levels are written, in the first kind of data page. */
  readonly definitionEncoding: number;
  readonly repetitionEncoding: number;
  /** How many bytes levels take, in the second kind; they are not packed there. */
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
  readonly isPacked: boolean;
  /** How many bytes the header itself has. */
  readonly headerBytes: number;
}

type Numbers = {
  -readonly [Name in keyof PageHeader]: PageHeader[Name];
};

const own: Record<number, keyof Numbers> = { 1: 'kind', 2: 'bytes', 3: 'packedBytes', 4: 'checksum' };
/** The fields of each kind's own structure, by the structure's number. */
const ofKinds: Record<number, Record<number, keyof Numbers>> = {
  5: { 1: 'entries', 2: 'encoding', 3: 'definitionEncoding', 4: 'repetitionEncoding' },
  7: { 1: 'entries', 2: 'encoding' },
  8: { 1: 'entries', 4: 'encoding', 5: 'definitionBytes', 6: 'repetitionBytes' },
};
const secondKind = 8;
const isPackedField = 7;

/** Reads the header at the beginning of `bytes`. @throws RangeError when it is damaged, or not whole */
export function parsePageHeader(bytes: Buffer): PageHeader {
  const numbers: Record<string, number | boolean | null> = {
    kind: -1,
    packedBytes: -1,
    bytes: -1,
    checksum: null,
    entries: 0,
    encoding: -1,
    definitionEncoding: encoding.rle,
    repetitionEncoding: encoding.rle,
    definitionBytes: 0,
    repetitionBytes: 0,
    isPacked: true,
  };
  const reader = new ThriftReader(bytes, 0, bytes.length);
  reader.struct((id, type) => {
    const fields = ofKinds[id];
    if (fields !== undefined && type === thriftType.struct) {
      reader.struct((field, fieldType) => {
        if (id === secondKind && field === isPackedField) numbers['isPacked'] = fieldType === thriftType.yes;
        return takeNumber(reader, fields[field], fieldType, numbers);
      });
      return true;
    }
    return takeNumber(reader, own[id], type, numbers);
  });
  const header = { ...(numbers as unknown as Numbers), headerBytes: reader.at };
  const { packedBytes, entries, definitionBytes, repetitionBytes } = header;
  const isWhole = [packedBytes, header.bytes, entries, definitionBytes, repetitionBytes].every(
    (number) => number >= 0,
  );
  if (!isWhole || header.kind < 0) throw new RangeError('the header of a page makes no sense');
  return header;
}

const integerTypes: ReadonlySet<number> = new Set([4, 5, 6]);

function takeNumber(
  reader: ThriftReader,
  name: string | undefined,
  type: number,
  numbers: Record<string, number | boolean | null>,
): boolean {
  if (name === undefined || !integerTypes.has(type)) return false;
  numbers[name] = reader.integer();
  return true;
}
