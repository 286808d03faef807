import { describe, expect, it } from '@jest/globals';
import { promotedBytesMax, writeMultiGeometry, writeMultiGeometryBytes } from './promote-geometry.js';

const degrees = '000020E6100000';
const point = `0101${degrees}000000000000F03F0000000000000040`;
const lineBody = '0200000000000000000000000000000000000000000000000000F03F000000000000F03F';

function promote(digits: string): string {
  const padded = Buffer.from(`<${digits}>`);
  const out = Buffer.alloc(promotedBytesMax(digits.length / 2) + 2);
  const size = writeMultiGeometry(out, 2, padded, 1, padded.length - 1);
  return out.toString('hex', 2, 2 + size).toUpperCase();
}

function promoteBytes(digits: string): string {
  const padded = Buffer.from(`00${digits}00`, 'hex');
  const out = Buffer.alloc(promotedBytesMax(padded.length) + 2);
  const size = writeMultiGeometryBytes(out, 2, padded, 1, padded.length - 1);
  return out.toString('hex', 2, 2 + size).toUpperCase();
}

describe.each([
  ['writeMultiGeometry', promote],
  ['writeMultiGeometryBytes', promoteBytes],
])('%s', (_name, promote) => {
  it('leaves points and what is multi already as they are', () => {
    expect(promote(point)).toBe(point);
    const multi = `0105${degrees}010000000102000000${lineBody}`;
    expect(promote(multi)).toBe(multi);
  });

  it('makes a line a multi line of one part, and a polygon likewise', () => {
    expect(promote(`0102${degrees}${lineBody}`)).toBe(`0105${degrees}010000000102000000${lineBody}`);
    expect(promote(`0103${degrees}00000000`)).toBe(`0106${degrees}01000000010300000000000000`);
  });

  it.each([
    ['another reference system', point.replace('E6100000', '110F0000')],
    ['no reference system', point.replace(degrees, '000000')],
    ['big-endian digits', `00${point.slice(2)}`],
    ['a third dimension', point.replace(degrees, '0000A0E6100000')],
    ['no geometry at all', '01'],
  ])('refuses %s', (_name, digits) => {
    expect(() => promote(digits)).toThrow(/the geometry is not/);
  });
});

describe('digits', () => {
  it.each([
    ['half a byte', `${point}0`],
    ['no digits', `${point.slice(0, -2)}xy`],
  ])('that are %s are refused', (_name, digits) => {
    expect(() => promote(digits)).toThrow(/the geometry is not/);
  });
});
