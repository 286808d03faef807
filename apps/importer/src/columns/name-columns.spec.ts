import { describe, expect, it } from '@jest/globals';
import { nameColumns, sanitizeColumnName } from './name-columns.js';

describe('sanitizeColumnName', () => {
  it.each([
    ['name', 'name'],
    ['2abc', '_2abc'],
    ['Date Due', 'date_due'],
    ['__5', '_5'],
    ['teléfono', 'telefono'],
    ['> min', 'min'],
    ['previous rent (£ per sq ft)', 'previous_rent_per_sq_ft'],
    ['as', '_as'],
    ['ORDER', '_order'],
    ['xmin', '_xmin'],
    ['format', '_format'],
    ['Регион', 'region'],
    ['Адрес а', 'adres_a'],
    ['Щука Ёж', 'shchuka_ezh'],
    ['Ґанок їжак', 'ganok_izhak'],
    ['ąęłńśżź', 'aelnszz'],
    ['Straße Æther Øre', 'strasse_aether_ore'],
    ['İstanbul ılık', 'istanbul_ilik'],
    ['UPPER#h', 'upper_h'],
    ['a - b__c', 'a_b_c'],
    ['<b>bold</b> text', 'bold_text'],
    ['fish &amp; chips', 'fish_chips'],
    ['R&D; costs', 'r_costs'],
    ['AT&T', 'at_t'],
    ['  padded  ', 'padded'],
    ['line\nend', 'line_end'],
    ['e\u0301te\u0301', 'ete'],
    ['ﬁnal ①', 'final_1'],
    ['100%', '_100'],
    ['-', ''],
    ['%', ''],
    ['', ''],
    ['名前', ''],
    ['😀', ''],
  ])('makes %j %j', (header, name) => {
    expect(sanitizeColumnName(header)).toBe(name);
  });

  it('changes nothing when it is applied again', () => {
    const headers = [
      '2abc',
      '__5',
      '- a -',
      'as',
      '_as',
      'é<',
      '&a;b',
      'Регион',
      '_',
      'x'.repeat(80),
      'a_ -',
      '5 %',
    ];
    for (const header of headers) {
      const once = sanitizeColumnName(header);
      expect(sanitizeColumnName(once)).toBe(once);
    }
  });
});

describe('nameColumns', () => {
  it.each<[string, (string | null)[], string[]]>([
    ['four variants of one name', ['abc', 'Abc', 'aBc', 'ABC'], ['abc', 'abc_1', 'abc_2', 'abc_3']],
    ['a suffix that is taken', ['abc', 'abc_1', 'abc'], ['abc', 'abc_1', 'abc_2']],
    ['a suffix that is taken later', ['abc', 'abc', 'abc_1'], ['abc', 'abc_1', 'abc_1_1']],
    ['no headers', [null, null], ['field_1', 'field_2']],
    ['headers of which nothing is left', ['名前', 'a', '%'], ['field_1', 'a', 'field_3']],
    ['a header like the name of one without', [null, 'field_1'], ['field_1', 'field_1_1']],
    ['our key', ['CartoDB_ID', 'cartodb_id'], ['cartodb_id', 'cartodb_id_1']],
    [
      'our geometries',
      ['the_geom', 'The_Geom_Webmercator', 'the_geom'],
      ['the_geom_str', 'the_geom_webmercator_str', 'the_geom_str_1'],
    ],
    ['columns of PostgreSQL', ['ctid', 'tableoid'], ['_ctid', '_tableoid']],
  ])('names columns given %s', (_name, headers, names) => {
    expect(nameColumns(headers)).toEqual(names);
  });

  it('keeps names within 63 characters, suffix included, and apart', () => {
    const long = 'x'.repeat(70);
    const names = nameColumns(Array.from({ length: 12 }, () => long));
    expect(names[0]).toBe('x'.repeat(63));
    expect(names[1]).toBe(`${'x'.repeat(61)}_1`);
    expect(names[11]).toBe(`${'x'.repeat(60)}_11`);
    expect(new Set(names).size).toBe(12);
    expect(names.every((name) => name.length <= 63)).toBe(true);
  });

  it('names as many columns as a table can have besides ours, and refuses one more', () => {
    expect(new Set(nameColumns(Array.from({ length: 1597 }, () => 'same'))).size).toBe(1597);
    expect(() => nameColumns(Array.from({ length: 1598 }, () => 'same'))).toThrow(
      'columns-too-many: it has 1598 columns, at most 1597 are possible',
    );
  });
});
