import { describe, expect, it } from '@jest/globals';
import { proposeTableName } from './propose-table-name.js';

describe('proposeTableName', () => {
  it.each([
    ['ports.csv', 'ports'],
    ['Ports of Call.CSV', 'ports_of_call'],
    ['data.2020.tsv', 'data_2020'],
    ['ports', 'ports'],
    [' ports ', 'ports'],
    ['2020-report.csv', 'table_2020_report'],
    ['Größe & Höhe.csv', 'grosse_hohe'],
    ['Порты.csv', 'porty'],
    ['a|b.csv', 'a_b'],
    ['a__b--c.csv', 'a_b_c'],
    ['where.csv', 'where_t'],
    ['layergroup', 'layergroup_t'],
    ['spatial_ref_sys.csv', 'spatial_ref_sys_t'],
    ['public', 'public_t'],
    ['', 'untitled_table'],
    ['.csv', 'untitled_table'],
    ['名前.csv', 'untitled_table'],
    ['a"; DROP TABLE b; --.csv', 'a_drop_table_b'],
    ['archive.zip', 'archive_zip'],
    ['Ports.SHP', 'ports'],
    ['ports.gdb', 'ports'],
    ['madrid.osm.pbf', 'madrid'],
    ['madrid.v2.geojson', 'madrid_v2'],
    ['a.xlsx', 'a'],
  ])('proposes for %j %j', (wanted, name) => {
    expect(proposeTableName(wanted)).toBe(name);
  });

  it('keeps names within 63 characters', () => {
    expect(proposeTableName(`${'a'.repeat(70)}.csv`)).toBe('a'.repeat(63));
    expect(proposeTableName(`${'a'.repeat(62)} b.csv`)).toBe('a'.repeat(62));
    expect(proposeTableName(`${'1'.repeat(70)}.csv`)).toBe(`table_${'1'.repeat(57)}`);
  });

  it('changes nothing when it is applied again', () => {
    for (const wanted of [
      '2020.csv',
      'where',
      'Ports of Call',
      'a'.repeat(70),
      `${'a'.repeat(62)} b`,
      '',
      '名前',
    ]) {
      const once = proposeTableName(wanted);
      expect(proposeTableName(once)).toBe(once);
    }
  });
});
