import { describe, expect, it } from '@jest/globals';
import { writeRejectsCsv } from './write-rejects-csv.js';

describe('rejected rows as CSV', () => {
  it('have a header, also when there are none', () => {
    expect(writeRejectsCsv([])).toBe('number,line,reason,sentence,content\r\n');
  });

  it('keep quotes, delimiters and line ends of their content', () => {
    expect(
      writeRejectsCsv([
        { number: 1, line: 3, reason: 'text-after-quote', sentence: 'So, no.', content: '1,"a\nb"c' },
      ]),
    ).toBe('number,line,reason,sentence,content\r\n1,3,text-after-quote,"So, no.","1,""a\nb""c"\r\n');
  });
});
