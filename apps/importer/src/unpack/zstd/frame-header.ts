/** What the header of a frame says (RFC 8878, 3.1.1.1). */
export interface FrameHeader {
  /** How far back the frame may refer. */
  readonly windowBytes: number;
  /** How much it stands for; `null` where it does not say. */
  readonly contentBytes: number | null;
  readonly hasChecksum: boolean;
  /** False for what needs a dictionary, or is of the future. */
  readonly isReadable: boolean;
}

const dictionaryBytes = [0, 1, 2, 4];

/** The length of a frame's header without its magic, by its first byte. */
export function frameHeaderBytes(descriptor: number): number {
  return 1 + (isSingle(descriptor) ? 0 : 1) + dictionaryBytes[descriptor & 3]! + contentSizeBytes(descriptor);
}

/** Reads a frame's header without its magic. */
export function readFrameHeader(header: Buffer): FrameHeader {
  const descriptor = header[0]!;
  const sizeBytes = contentSizeBytes(descriptor);
  const contentBytes = sizeBytes === 0 ? null : readSize(header.subarray(header.length - sizeBytes));
  return {
    windowBytes: isSingle(descriptor) ? (contentBytes ?? 0) : windowOf(header[1]!),
    contentBytes,
    hasChecksum: (descriptor & 4) !== 0,
    isReadable: (descriptor & 3) === 0 && (descriptor & 8) === 0,
  };
}

/** Whether the content is the window. */
function isSingle(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}

function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >>> 6;
  return flag === 0 ? (isSingle(descriptor) ? 1 : 0) : 1 << flag;
}

function readSize(bytes: Buffer): number {
  switch (bytes.length) {
    case 8:
      return Number(bytes.readBigUInt64LE());
    case 2:
      return bytes.readUInt16LE() + 256;
    default:
      return bytes.readUIntLE(0, bytes.length);
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}
