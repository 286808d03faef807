/** A cell of a workbook to make: a day is a serial number in one of the formats of `xlsStyles`. */
export type XlsCell =
  string | number | boolean | null | { readonly serial: number; readonly style: XlsStyle };

type XlsStyle = 'day' | 'dayAndTime' | 'time' | 'percent';
/** The numbers of built-in formats, in the order of the styles; the first is of plain numbers. */
const xlsStyles: readonly [XlsStyle | 'plain', number][] = [
  ['plain', 0],
  ['day', 14],
  ['dayAndTime', 22],
  ['time', 21],
  ['percent', 9],
];

const sectorBytes = 512;
const endOfChain = 0xfffffffe;
const freeSector = 0xffffffff;
const fatSector = 0xfffffffd;
/** Smaller streams would lie elsewhere in the file. */
const streamBytesMin = 4096;

/** Makes a workbook of Excel 97 with one sheet, byte by byte: records of BIFF8 in a compound file. */
export function makeXls(rows: readonly (readonly XlsCell[])[], { is1904 = false } = {}): Buffer {
  return compoundFile(workbookStream(rows, is1904));
}

function workbookStream(rows: readonly (readonly XlsCell[])[], is1904: boolean): Buffer {
  const texts = [...new Set(rows.flat().filter((cell) => typeof cell === 'string'))];
  const sheet = sheetRecords(rows, texts);
  const globals = (sheetOffset: number): Buffer =>
    Buffer.concat([
      beginning(0x0005),
      record(0x0042, uint16(1200)),
      record(0x0022, uint16(is1904 ? 1 : 0)),
      ...xlsStyles.map(([, format]) => record(0x00e0, uint16(0), uint16(format), Buffer.alloc(16))),
      record(0x0085, uint32(sheetOffset), uint16(0), Buffer.from([5, 0]), Buffer.from('Sheet')),
      record(0x00fc, uint32(texts.length), uint32(texts.length), ...texts.map(longText)),
      record(0x000a),
    ]);
  return Buffer.concat([globals(globals(0).length), sheet]);
}

function sheetRecords(rows: readonly (readonly XlsCell[])[], texts: readonly string[]): Buffer {
  const width = Math.max(...rows.map((row) => row.length));
  const cells = rows.flatMap((row, at) =>
    row.flatMap((cell, column) => (cell === null ? [] : [cellRecord(at, column, cell, texts)])),
  );
  const dimensions = record(0x0200, uint32(0), uint32(rows.length), uint16(0), uint16(width), uint16(0));
  return Buffer.concat([beginning(0x0010), dimensions, ...cells, record(0x000a)]);
}

function cellRecord(
  row: number,
  column: number,
  cell: NonNullable<XlsCell>,
  texts: readonly string[],
): Buffer {
  const place = (style: string): Buffer[] => [
    uint16(row),
    uint16(column),
    uint16(xlsStyles.findIndex(([name]) => name === style)),
  ];
  if (typeof cell === 'string') return record(0x00fd, ...place('plain'), uint32(texts.indexOf(cell)));
  if (typeof cell === 'boolean') return record(0x0205, ...place('plain'), Buffer.from([cell ? 1 : 0, 0]));
  const number = Buffer.alloc(8);
  number.writeDoubleLE(typeof cell === 'number' ? cell : cell.serial);
  return record(0x0203, ...place(typeof cell === 'number' ? 'plain' : cell.style), number);
}

function beginning(kind: number): Buffer {
  return record(
    0x0809,
    uint16(0x0600),
    uint16(kind),
    uint16(0x0dbb),
    uint16(0x07cc),
    uint32(0xc1),
    uint32(0x0306),
  );
}

function longText(text: string): Buffer {
  return Buffer.concat([uint16(text.length), Buffer.from([1]), Buffer.from(text, 'utf16le')]);
}

function record(type: number, ...parts: readonly Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  return Buffer.concat([uint16(type), uint16(data.length), data]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Sector 0 tells which sectors follow each other, sector 1 is the directory, the rest is the stream. */
function compoundFile(stream: Buffer): Buffer {
  const streamBytes = Math.max(streamBytesMin, sectorBytes * Math.ceil(stream.length / sectorBytes));
  const content = Buffer.alloc(streamBytes);
  stream.copy(content);
  const sectors = streamBytes / sectorBytes;
  const chain = [fatSector, endOfChain];
  for (let sector = 0; sector < sectors; sector++)
    chain.push(sector === sectors - 1 ? endOfChain : sector + 3);
  const fat = Buffer.alloc(sectorBytes, 0xff);
  chain.forEach((next, at) => fat.writeUInt32LE(next, 4 * at));
  return Buffer.concat([compoundHeader(), fat, directory(streamBytes), content]);
}

function compoundHeader(): Buffer {
  const header = Buffer.alloc(sectorBytes);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(0x003e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(streamBytesMin, 56);
  header.writeUInt32LE(endOfChain, 60);
  header.writeUInt32LE(endOfChain, 68);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  return header;
}

function directory(streamBytes: number): Buffer {
  const entry = (name: string, type: number, child: number, start: number, bytes: number): Buffer => {
    const written = Buffer.alloc(128);
    written.write(name, 'utf16le');
    written.writeUInt16LE(name === '' ? 0 : 2 * name.length + 2, 64);
    written[66] = type;
    written[67] = 1;
    for (const [at, value] of [freeSector, freeSector, child].entries())
      written.writeUInt32LE(value, 68 + 4 * at);
    written.writeUInt32LE(start, 116);
    written.writeUInt32LE(bytes, 120);
    return written;
  };
  return Buffer.concat([
    entry('Root Entry', 5, 1, endOfChain, 0),
    entry('Workbook', 2, freeSector, 2, streamBytes),
    entry('', 0, freeSector, 0, 0),
    entry('', 0, freeSector, 0, 0),
  ]);
}
