import { describe, expect, it } from '@jest/globals';
import { groupMembers } from './group-members.js';

const grouped = (...names: string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    groupMembers(names).map(({ name, companions }) => [name, Object.fromEntries(companions)]),
  );

describe('groupMembers', () => {
  it('puts the files of a shapefile together, in any case and folder', () => {
    expect(
      grouped('A/Ports.SHP', 'A/ports.DBF', 'A/Ports.shx', 'B/ports.prj', 'A/ports.cpg', 'c.csv'),
    ).toEqual({
      'A/Ports.SHP': { '.dbf': 'A/ports.DBF', '.shx': 'A/Ports.shx', '.cpg': 'A/ports.cpg' },
      'B/ports.prj': {},
      'c.csv': {},
    });
  });

  it('tells shapefiles apart whose names differ in upper and lower case only', () => {
    expect(grouped('P.shp', 'P.dbf', 'p.shp', 'p.dbf')).toEqual({
      'P.shp': { '.dbf': 'P.dbf' },
      'p.shp': { '.dbf': 'p.dbf' },
    });
  });

  it('puts the files of MapInfo together, and leaves a table of tabs alone', () => {
    expect(grouped('a.tab', 'a.dat', 'a.map', 'a.id', 'b.mif', 'b.MID', 'c.tab')).toEqual({
      'a.tab': { '.dat': 'a.dat', '.map': 'a.map', '.id': 'a.id' },
      'b.mif': { '.mid': 'b.MID' },
      'c.tab': {},
    });
  });

  it('takes the folder of a geodatabase as one, wherever it is', () => {
    const parts = ['a00000001.gdbtable', 'a00000009.gdbtablx', 'gdb'];
    const all = Object.fromEntries(parts.map((part) => [part, `x/y.gdb/${part}`]));
    expect(grouped(...parts.map((part) => `x/y.gdb/${part}`), 'x/z.csv')).toEqual({
      'x/y.gdb': all,
      'x/z.csv': {},
    });
    expect(Object.keys(grouped(...parts))).toEqual(['a00000001.gdbtable']);
    expect(Object.keys(grouped('x\\y.gdb\\a00000001.gdbtable', 'x\\y.gdb\\gdb'))).toEqual(['x\\y.gdb']);
  });
});
