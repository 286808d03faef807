import { describe, expect, it } from '@jest/globals';
import { chooseMember } from './choose-member.js';

describe('chooseMember', () => {
  it.each<[string[], string, string[]]>([
    [['b.csv', 'a.csv', 'c.csv'], 'a.csv', ['b.csv', 'c.csv']],
    [['b.csv', 'a/z.csv'], 'a/z.csv', ['b.csv']],
    [['LICENSE.txt', 'ports.csv'], 'ports.csv', []],
    [['LICENSE', 'ports.TSV'], 'ports.TSV', []],
    [['a.zip', 'ports.csv.gz'], 'ports.csv.gz', []],
    [['b.txt', 'a.txt'], 'a.txt', ['b.txt']],
    [['notes.pdf', 'data'], 'data', []],
    [['export.xls', 'manual.html'], 'export.xls', []],
    [['folder.x/data', 'other.xls'], 'folder.x/data', []],
  ])('of %j chooses %s', (names, name, others) => {
    expect(chooseMember(names)).toEqual({ name, others });
  });

  it.each([[[]], [['ports.shp', 'ports.dbf', 'ports.prj']], [['index.html', 'style.css']]])(
    'finds no table in %j',
    (names) => {
      expect(chooseMember(names)).toBeNull();
    },
  );
});
