import { describe, expect, it } from '@jest/globals';
import { chooseMember, findMember } from './choose-member.js';

describe('chooseMember', () => {
  it.each<[string[], string, string[]]>([
    [['b.csv', 'a.csv', 'c.csv'], 'a.csv', ['b.csv', 'c.csv']],
    [['b.csv', 'a/z.csv'], 'a/z.csv', ['b.csv']],
    [['LICENSE.txt', 'ports.csv'], 'ports.csv', []],
    [['LICENSE', 'ports.TSV'], 'ports.TSV', []],
    [['a.zip', 'ports.csv.gz'], 'ports.csv.gz', ['a.zip']],
    [['b.txt', 'a.txt'], 'a.txt', ['b.txt']],
    [['notes.pdf', 'data'], 'data', []],
    [['export.xls', 'manual.html'], 'export.xls', []],
    [['folder.x/data', 'other.xls'], 'other.xls', []],
    [['LICENSE.txt', 'ports.shp', 'ports.dbf', 'ports.shp.xml', 'ports.sbn'], 'ports.shp', []],
    [['b.gpkg', 'a.geojson', 'z.csv'], 'z.csv', ['a.geojson', 'b.gpkg']],
    [['a.txt', 'b.zip'], 'b.zip', []],
    [['metadata.json', 'ports.gpkg'], 'ports.gpkg', []],
    [['246dae5e.carto.json', 'ports.csv'], 'ports.csv', []],
    [['a.kml', 'doc.kml', 'files/b.kml'], 'doc.kml', ['a.kml', 'files/b.kml']],
    [['x.gdb/a00000001.gdbtable', 'x.gdb/gdb', 'readings.txt'], 'x.gdb', []],
    [['metadata.json'], 'metadata.json', []],
  ])('of %j chooses %s', (names, name, others) => {
    const chosen = chooseMember(names);
    expect([chosen?.member.name, chosen?.others]).toEqual([name, others]);
  });

  it.each([[[]], [['ports.dbf', 'ports.prj']], [['index.html', 'style.css']]])(
    'finds no table in %j',
    (names) => {
      expect(chooseMember(names)).toBeNull();
    },
  );
});

describe('findMember', () => {
  const names = ['a/Ports.csv', 'b/ports.csv', 'c/piers.shp', 'c/piers.dbf', 'd.zip', 'e/d.zip', 'x.md'];

  it.each<[string, string, string | null]>([
    ['a/Ports.csv', 'a/Ports.csv', null],
    ['Ports.csv', 'a/Ports.csv', null],
    ['ports.csv', 'b/ports.csv', null],
    ['A/PORTS.CSV', 'a/Ports.csv', null],
    ['PIERS.SHP', 'c/piers.shp', null],
    ['d.zip', 'd.zip', null],
    ['d.zip/in/ports.csv', 'd.zip', 'in/ports.csv'],
    ['x.md', 'x.md', null],
  ])('asked for %s finds %s', (asked, name, within) => {
    const found = findMember(names, asked);
    expect([found.member.name, found.within]).toEqual([name, within]);
  });

  it.each(['PORTS.csv', 'piers', 'd.zip2/a', '', '/'])('asked for %j tells what is there', (asked) => {
    expect(() => findMember(names, asked)).toThrow(
      'member-unknown: there are a/Ports.csv, b/ports.csv, c/piers.shp, d.zip, e/d.zip',
    );
  });
});
