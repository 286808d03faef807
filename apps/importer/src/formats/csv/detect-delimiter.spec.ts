import { describe, expect, it } from '@jest/globals';
import { detectDelimiter } from './detect-delimiter.js';

const detect = (text: string, atEnd = true): string =>
  String.fromCharCode(detectDelimiter(Buffer.from(text), atEnd));

describe('detectDelimiter', () => {
  it.each<[string, string, string]>([
    ['commas', 'a,b\n1,2\n', ','],
    ['semicolons', 'a;b\n1;2\n', ';'],
    ['tabs', 'a\tb\n1\t2\n', '\t'],
    ['pipes', 'a|b\n1|2\n', '|'],
    ['semicolons with decimal commas', 'name;price\nx;1,50\ny;2,00\n', ';'],
    ['tabs with commas in free text', 'id\tnote\n1\tone, two\n2\tthree\n', '\t'],
    ['commas with semicolons in a quoted header', '"a;b",c\n1,2\n3,4\n', ','],
    ['commas with line ends and pipes in quotes', 'a,b\n"1|\n2|",3\n"4",5\n', ','],
    ['one column, for which a comma is as good as any', 'name\nalpha\nbeta\n', ','],
    ['a single line', 'a;b;c', ';'],
    ['no content', '', ','],
    ['semicolons where a comma would make the quotes look wrong', '"a,b";c\n"d";e\n', ';'],
    ['semicolons where every address has a comma', 'name;street, town;n\nx;A, B;1\ny;C, D;2\n', ';'],
    ['commas although one row is short', 'a,b,c\n1,2,3\n4,5\n6,7,8\n', ','],
  ])('finds %s', (_name, text, delimiter) => {
    expect(detect(text)).toBe(delimiter);
  });

  it('does not mind a record that the end of the beginning cuts off', () => {
    expect(detect('a;b\n1;2\n3;"un, fin, ish', false)).toBe(';');
  });
});
