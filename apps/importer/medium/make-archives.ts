import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A member of a zip archive to make; what is left out is as usual. */
export interface ZipMember {
  name: string;
  content?: string | Buffer;
  stored?: boolean;
  flags?: number;
  method?: number;
  /** Type and rights as Unix writes them. */
  mode?: number;
  /** Numbers to lie with. */
  crc?: number;
  uncompressedBytes?: number;
  /** Sizes and offset in the extra field of zip64. */
  zip64?: boolean;
}

const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const unixMadeBy = (3 << 8) | 45;
const utf8Flag = 0x800;

/** Makes a zip archive, byte by byte, so that it may be wrong in any way. */
export function makeZip(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const entry = makeEntry(member, offset);
    locals.push(entry.local);
    centrals.push(entry.central);
    offset += entry.local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

function makeEntry(
  {
    name,
    content = '',
    stored = false,
    flags = 0,
    method,
    mode = 0o100644,
    crc,
    uncompressedBytes,
    zip64,
  }: ZipMember,
  offset: number,
): { local: Buffer; central: Buffer } {
  const plain = Buffer.from(content);
  const packed = stored ? plain : deflateRawSync(plain);
  const nameBytes = Buffer.from(name);
  const sizes = { packed: packed.length, plain: uncompressedBytes ?? plain.length };
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(45, 0);
  fields.writeUInt16LE(flags | utf8Flag, 2);
  fields.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
  fields.writeUInt32LE(crc ?? crc32(plain), 10);
  fields.writeUInt32LE(zip64 === true ? 0xffffffff : sizes.packed, 14);
  fields.writeUInt32LE(zip64 === true ? 0xffffffff : sizes.plain, 18);
  fields.writeUInt16LE(nameBytes.length, 22);

  const extra = Buffer.alloc(zip64 === true ? 28 : 0);
  if (zip64 === true) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(sizes.plain), 4);
    extra.writeBigUInt64LE(BigInt(sizes.packed), 12);
    extra.writeBigUInt64LE(BigInt(offset), 20);
  }
  const local = Buffer.alloc(localHeaderBytes);
  local.write('PK\x03\x04', 'latin1');
  fields.copy(local, 4);

  const central = Buffer.alloc(centralHeaderBytes);
  central.write('PK\x01\x02', 'latin1');
  central.writeUInt16LE(unixMadeBy, 4);
  fields.copy(central, 6);
  central.writeUInt16LE(extra.length, 30);
  central.writeUInt32LE((mode << 16) >>> 0, 38);
  central.writeUInt32LE(zip64 === true ? 0xffffffff : offset, 42);
  return {
    local: Buffer.concat([local, nameBytes, packed]),
    central: Buffer.concat([central, nameBytes, extra]),
  };
}

/** A member of a tar archive to make. */
export interface TarMember {
  name: string;
  content?: string | Buffer;
  type?: 'file' | 'directory' | 'symlink' | 'link' | 'fifo';
}

/** Makes a tar archive. */
export async function makeTar(members: readonly TarMember[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', type = 'file' } of members) {
    archive.entry({ name, type, linkname: '/etc/passwd' }, content);
  }
  archive.finalize();
  return buffer(archive);
}
