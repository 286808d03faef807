import { describe, expect, it } from '@jest/globals';
import type { DumpedKind } from './dump-statements.js';
import { scanCopyText } from './scan-copy-text.js';

interface Field {
  text: string;
  quoted: boolean;
}

function scan(
  text: string,
  kinds: DumpedKind[],
  firstRow = 1,
): { rows: Field[][]; numbers: number[]; count: number } {
  const rows: Field[][] = [];
  const numbers: number[] = [];
  let fields: Field[] = [];
  const count = scanCopyText(
    Buffer.from(text),
    kinds,
    {
      field: (bytes, start, end, quoted) => fields.push({ text: bytes.toString('utf8', start, end), quoted }),
      endRow: (line) => {
        numbers.push(line);
        rows.push(fields);
        fields = [];
      },
      abandonRow: () => {
        throw new Error('lines are complete');
      },
      rejectRow: () => {
        throw new Error('all rows can be read');
      },
    },
    firstRow,
  );
  return { rows, numbers, count };
}

const one = (text: string, kind: DumpedKind = 'text'): Field => scan(`${text}\n`, [kind]).rows[0]![0]!;

describe('scanCopyText', () => {
  it('feeds fields and rows, and counts them', () => {
    expect(scan('a\tb\nc\td\n', ['text', 'text'], 7)).toEqual({
      rows: [
        [
          { text: 'a', quoted: false },
          { text: 'b', quoted: false },
        ],
        [
          { text: 'c', quoted: false },
          { text: 'd', quoted: false },
        ],
      ],
      numbers: [7, 8],
      count: 2,
    });
    expect(scan('', ['text']).count).toBe(0);
  });

  it('tells NULL from empty text', () => {
    expect(one('\\N')).toEqual({ text: '', quoted: false });
    expect(one('')).toEqual({ text: '', quoted: true });
    expect(one('\\\\N')).toEqual({ text: '\\N', quoted: false });
  });

  it.each([
    ['a\\tb', 'a\tb'],
    ['a\\nb', 'a\nb'],
    ['a\\rb', 'a\rb'],
    ['\\b\\f\\v', '\b\f\v'],
    ['\\\\', '\\'],
    ['\\\\t', '\\t'],
    ['a\\\tb', 'a\tb'],
    ['a\\\nb', 'a\nb'],
    ['\\x\\.', 'x.'],
    ['é🌊\\t', 'é🌊\t'],
  ])('reads %j as %j', (escaped, text) => {
    expect(one(escaped)).toEqual({ text, quoted: false });
  });

  it('writes yes and no as words, and dates with dashes, where the column says so', () => {
    expect(one('1', 'boolean').text).toBe('true');
    expect(one('0', 'boolean').text).toBe('false');
    expect(one('1').text).toBe('1');
    expect(one('2020/01/02', 'time').text).toBe('2020-01-02');
    expect(one('2020/01/02 03:04:05+00', 'time').text).toBe('2020-01-02 03:04:05+00');
    expect(one('2020/01/02').text).toBe('2020/01/02');
  });
});
