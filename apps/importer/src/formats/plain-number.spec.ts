import { describe, expect, it } from '@jest/globals';
import { isPlainNumber, writePlainNumber } from './plain-number.js';
import { TextBuffer } from './text-buffer.js';

const isPlain = (text: string): boolean => isPlainNumber(Buffer.from(text), 0, text.length);

describe('numbers as a workbook writes them', () => {
  it.each(['0', '7', '-7', '123456789012345678901234567890', '1.5', '-0.25', '0.1', '123456789.12345'])(
    '%s stands for itself',
    (text) => {
      expect(isPlain(text)).toBe(true);
    },
  );

  it.each([
    ['1.1000000000000001', '1.1'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['37.659999999999997', '37.66'],
    ['-37.659999999999997', '-37.66'],
    ['5.0', '5'],
    ['5.50', '5.5'],
    ['1E-5', '0.00001'],
    ['1.2345E-7', '0.00000012345'],
    ['-1.5e-7', '-0.00000015'],
    ['2.2250738585072014E-308', '2.2250738585072014e-308'],
    ['1E+15', '1000000000000000'],
    ['1.2345678901234568E+20', '123456789012345680000'],
    ['1.7976931348623157E+308', '1.7976931348623157e+308'],
    ['007', '7'],
    ['+7', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['0.0', '0'],
    ['00', '0'],
    ['12345678901234567890.0', '12345678901234567890'],
    ['NaN', 'NaN'],
    ['INF', 'INF'],
    ['1E+999', '1E+999'],
    ['1,5', '1,5'],
    ['-', '-'],
  ])('%s is written as %s', (text, expected) => {
    expect(isPlain(text)).toBe(false);
    const out = new TextBuffer();
    out.begin();
    writePlainNumber(out, Buffer.from(text), 0, text.length);
    expect(out.bytes.toString('latin1', out.piece, out.length)).toBe(expected);
  });
});
