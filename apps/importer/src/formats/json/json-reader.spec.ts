import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { type JsonOfGdal, openJson } from './json-reader.js';

/** Rows as the sink gets them: `null` for nothing, text in quotes, everything else as it is; rejected ones as reasons. */
class RowCollector implements RowSink {
  readonly rows: (string | null)[][] = [];
  readonly positions: number[] = [];
  private fields: (string | null)[] = [];

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const text = bytes.toString('utf8', start, end);
    this.fields.push(quoted ? `'${text}'` : text === '' ? null : text);
  }

  endRow(position: number): void {
    this.rows.push(this.fields);
    this.positions.push(position);
    this.fields = [];
  }

  abandonRow(): void {
    throw new Error('rows are handed on whole');
  }

  rejectRow(position: number, reason: string, bytes: Buffer, start: number, end: number): void {
    if (this.fields.length > 0) throw new Error('fields of a rejected row were handed on');
    this.rows.push([`${reason}: ${bytes.toString('utf8', start, end)}`]);
    this.positions.push(position);
  }
}

/** A file in memory that arrives in chunks of a size, of which the first `headBytes` are at hand. */
function fileOf(content: string | Buffer, chunkBytes = 7, headBytes = Infinity): OpenableFile {
  const bytes = Buffer.from(content);
  return {
    head: bytes.subarray(0, headBytes),
    isWhole: headBytes >= bytes.length,
    open: async () =>
      (async function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          // Of its own, and gone afterwards, as chunks of a file are.
          yield Buffer.from(bytes.subarray(at, at + chunkBytes));
        }
      })(),
  };
}

interface ReadTable {
  headers: (string | null)[];
  rows: (string | null)[][];
  positions: number[];
  warnings: readonly string[];
}

const columnsOfGdal = [{ header: 'read by GDAL', type: null }];

/** Reads until the columns are what they were before. */
async function readAll(
  file: OpenableFile,
  { fileName = 'a.json', layer = null as string | null, guessesTimes = true } = {},
): Promise<ReadTable> {
  const openWithGdal = async (format: JsonOfGdal): Promise<TableReader> => ({
    columns: [...columnsOfGdal, { header: format, type: null }],
    readSample: () => undefined,
    read: async () => undefined,
  });
  const reader = await openJson(file, { fileName, layer, guessesTimes, openWithGdal });
  for (let round = 0; round < 4; round++) {
    const { columns } = reader;
    const sample = new RowCollector();
    reader.readSample(sample);
    const collector = new RowCollector();
    await reader.read(collector, async () => undefined);
    if (reader.columns !== columns) continue;
    const { rows, positions } = collector;
    for (const row of sample.rows) expect(rows).toContainEqual(row);
    const headers = columns.map(({ header }) => header);
    return { headers, rows, positions, warnings: reader.warnings ?? [] };
  }
  throw new Error('the columns never stay');
}

async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
  return 'none';
}

const point = (x: number, y: number): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeDoubleLE(x, 0);
  bytes.writeDoubleLE(y, 8);
  return `0101000020e6100000${bytes.toString('hex')}`;
};

describe('objects become rows', () => {
  it.each<[string, string, ReadTable['headers'], ReadTable['rows']]>([
    [
      'an array',
      '[{"a":1,"b":"x"},{"a":2,"b":"y"}]',
      ['a', 'b'],
      [
        ['1', "'x'"],
        ['2', "'y'"],
      ],
    ],
    [
      'an array with blanks',
      ' [\r\n\t{ "a" : 1 , "b" : [ ] } ,\n{ } ] \n',
      ['a', 'b'],
      [
        ['1', "'[]'"],
        [null, null],
      ],
    ],
    ['an array after a byte order mark', '\ufeff[{"a":1}]', ['a'], [['1']]],
    ['lines', '{"a":1}\n{"a":2}\n', ['a'], [['1'], ['2']]],
    ['lines that end in CR and LF, and blank ones', '\n{"a":1}\r\n\r\n{"a":2}', ['a'], [['1'], ['2']]],
    ['objects over several lines', '{\n"a":1\n}\n{\n"a":2\n}\n', ['a'], [['1'], ['2']]],
    ['objects without anything between', '{"a":1}{"a":2}', ['a'], [['1'], ['2']]],
    ['objects behind record separators', '\x1e{"a":1}\n\x1e{"a":2}\n', ['a'], [['1'], ['2']]],
    ['a list in an object', '{"count":2,"data":[{"a":1},{"a":2}],"next":null}', ['a'], [['1'], ['2']]],
    ['a list deep in an object', '{"result":{"page":{"records":[{"a":1}]}}}', ['a'], [['1']]],
    [
      'names that come later',
      '[{"a":1},{"b":2},{"a":3,"c":4}]',
      ['a', 'b', 'c'],
      [
        ['1', null, null],
        [null, '2', null],
        ['3', null, '4'],
      ],
    ],
    [
      'members in another order',
      '[{"a":1,"b":2},{"b":3,"a":4}]',
      ['a', 'b'],
      [
        ['1', '2'],
        ['4', '3'],
      ],
    ],
    ['the last of two members of a name', '[{"a":1,"a":"x"},{"a":2,"a":null}]', ['a'], [["'x'"], [null]]],
    ['a name that is escaped once', '[{"\\u0061":1},{"a":2}]', ['a'], [['1'], ['2']]],
    ['empty and odd names', '[{"":1," ":2,"a\\u0000b":3}]', ['', ' ', 'a\ufffdb'], [['1', '2', '3']]],
    [
      'numbers as they are written',
      '[{"a":1.10,"b":-0,"c":1E5,"d":123456789012345678901234567890}]',
      ['a', 'b', 'c', 'd'],
      [['1.10', '-0', '1E5', '123456789012345678901234567890']],
    ],
    [
      'yes, no and nothing',
      '[{"a":true,"b":false,"c":null,"d":""}]',
      ['a', 'b', 'c', 'd'],
      [['true', 'false', null, "''"]],
    ],
    [
      'numbers that JSON has not',
      '[{"a":NaN,"b":Infinity,"c":-Infinity}]',
      ['a', 'b', 'c'],
      [['NaN', 'Infinity', '-Infinity']],
    ],
    [
      'texts that look like numbers',
      '[{"a":"007","b":"12","c":"true"}]',
      ['a', 'b', 'c'],
      [["'007'", "'12'", "'true'"]],
    ],
    [
      'texts that look like times, without quotes',
      '[{"a":"2020-01-02","b":"2020-01-02T03:04:05Z"}]',
      ['a', 'b'],
      [['2020-01-02', '2020-01-02T03:04:05Z']],
    ],
    [
      'texts that only begin like times',
      '[{"a":"2020-0102","b":"202x-01-02","c":"2020-01"}]',
      ['a', 'b', 'c'],
      [["'2020-0102'", "'202x-01-02'", "'2020-01'"]],
    ],
    [
      'escapes',
      '[{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83c\\udf0a"}]',
      ['a'],
      [["'\"\\/\b\f\n\r\té€🌊'"]],
    ],
    [
      'values in each other as their text without blanks',
      '[{"a":{"b" : [1, {"c d":" x\\" "}] },"e":[ ]}]',
      ['a', 'e'],
      [['\'{"b":[1,{"c d":" x\\" "}]}\'', "'[]'"]],
    ],
    [
      'what stands in quotes and brackets',
      '[{"a":"]},{","b":{"c":"}]"}}]',
      ['a', 'b'],
      [["']},{'", '\'{"c":"}]"}\'']],
    ],
    [
      'what is no object among them, rejected',
      '[{"a":1},null,2,"x",[3]]',
      ['a'],
      [
        ['1'],
        ['json-no-object: null'],
        ['json-no-object: 2'],
        ['json-no-object: "x"'],
        ['json-no-object: [3]'],
      ],
    ],
    [
      'a text with a NUL, rejected',
      '[{"a":"x\\u0000"},{"a":2}]',
      ['a'],
      [['text-has-nul: {"a":"x\\u0000"}'], ['2']],
    ],
    [
      'lines that are no JSON, rejected',
      '{"a":1}\nrubbish\n{"a":\n{"a":2}\n{"a":3',
      ['a'],
      [['1'], ['json-invalid: rubbish'], ['json-invalid: {"a":'], ['2'], ['json-invalid: {"a":3']],
    ],
    [
      'a first line that is no JSON, rejected',
      '{"a":1,}\n{"a":2}\r\n{"a":3}\n',
      ['a'],
      [['json-invalid: {"a":1,}'], ['2'], ['3']],
    ],
    [
      'lines with something behind their object',
      '{"a":1} x\n{"a":2},\n5\n{"a":3}',
      ['a'],
      [['1'], ['json-invalid: x'], ['2'], ['json-invalid: ,'], ['json-no-object: 5'], ['3']],
    ],
    ['the list with a usual name', '{"fields":[{"x":1}],"records":[{"a":1}]}', ['a'], [['1']]],
    ['the first list where none has', '{"ports":[{"a":1}],"ships":[{"b":1}]}', ['a'], [['1']]],
    [
      'a list besides lists of numbers and empty ones',
      '{"bbox":[1,2],"links":[],"data":[{"a":1}]}',
      ['a'],
      [['1']],
    ],
  ])('%s', async (_name, content, headers, rows) => {
    expect(await readAll(fileOf(content))).toMatchObject({ headers, rows });
  });

  it('a single object, if the name of the file says so', async () => {
    expect(await readAll(fileOf('{"a":1}\n'), { fileName: 'A.NDJSON' })).toMatchObject({ rows: [['1']] });
  });

  it('of the list that was asked for', async () => {
    const file = fileOf('{"data":[{"a":1}],"ports":[{"b":1}],"none":[]}');
    expect((await readAll(file, { layer: 'ports' })).headers).toEqual(['b']);
    expect(await failureOf(() => readAll(file, { layer: 'none' }))).toBe('file-without-rows');
    expect(await failureOf(() => readAll(file, { layer: 'x' }))).toBe('layer-unknown: there are data, ports');
    expect(await failureOf(() => readAll(fileOf('[{"a":1}]'), { layer: 'x' }))).toBe(
      'layer-unknown: it is JSON of one list, which has no name',
    );
  });

  it('without dates where nothing is to be guessed', async () => {
    const file = fileOf('[{"a":"2020-01-02"}]');
    expect(await readAll(file, { guessesTimes: false })).toMatchObject({ rows: [["'2020-01-02'"]] });
  });

  it('numbered by element, or by line', async () => {
    expect((await readAll(fileOf('[{"a":1},\n\n{"a":2},3]'))).positions).toEqual([1, 2, 3]);
    expect((await readAll(fileOf('\n{"a":1}\n\n{"a":\n2}\nx\n{"a":3}'))).positions).toEqual([2, 4, 6, 7]);
  });

  it('and tell of lists that are not read', async () => {
    expect((await readAll(fileOf('{"data":[{"a":1}],"ports":[{"b":1}]}'))).warnings).toEqual([
      'Only one list of the file is the table; not read were: ports.',
    ]);
  });

  it('with the replacement character for half a character, which is told', async () => {
    expect(await readAll(fileOf('[{"a":"x\\ud83c!"},{"a":"\\udf0a\\ud83c\\u0041"}]'))).toMatchObject({
      rows: [["'x\ufffd!'"], ["'\ufffd\ufffdA'"]],
      warnings: ['3 broken characters in texts became the replacement character.'],
    });
  });
});

describe('arrays become rows', () => {
  it.each<[string, string, ReadTable['headers'], ReadTable['rows']]>([
    [
      'with a header',
      '[["a","b"],[1,"x"],[2,null]]',
      ['a', 'b'],
      [
        ['1', "'x'"],
        ['2', null],
      ],
    ],
    [
      'without one',
      '[[1,"x"],[2,"y"]]',
      [null, null],
      [
        ['1', "'x'"],
        ['2', "'y'"],
      ],
    ],
    [
      'a line each',
      '["a","b"]\n[1,"x"]\nno\n[2]\n',
      ['a', 'b'],
      [['1', "'x'"], ['json-invalid: no'], ['2', null]],
    ],
    ['in an object', '{"data":[["a"],[1]]}', ['a'], [['1']]],
    ['that are longer than the header', '[["a"," "],[1,2,3]]', ['a', null, null], [['1', '2', '3']]],
    ['and what is none, rejected', '[[1],{"a":2}]', [null], [['1'], ['json-no-array: {"a":2}']]],
  ])('%s', async (_name, content, headers, rows) => {
    expect(await readAll(fileOf(content))).toMatchObject({ headers, rows });
  });
});

describe('columns that the beginning has not', () => {
  const late = `[${'{"a":1},'.repeat(50)}{"b":"x","a":2},{"c":3},{"b":"y"}]`;

  it('are found however late they come', async () => {
    const { headers, rows } = await readAll(fileOf(late, 16, 40));
    expect(headers).toEqual(['a', 'b', 'c']);
    expect(rows).toHaveLength(53);
    expect(rows.slice(-3)).toEqual([
      ['2', "'x'", null],
      [null, null, '3'],
      [null, "'y'", null],
    ]);
  });

  it('belong to the sample then', async () => {
    const reader = await openJson(fileOf(late, 16, 40), {
      fileName: '',
      layer: null,
      guessesTimes: true,
      openWithGdal: () => Promise.reject(new Error('not asked for')),
    });
    const nothing = async (): Promise<void> => undefined;
    await reader.read(new RowCollector(), nothing);
    const sample = new RowCollector();
    reader.readSample(sample);
    expect(sample.rows.slice(-2)).toEqual([
      ['2', "'x'", null],
      [null, null, '3'],
    ]);
  });

  it('are no more than a table can have', async () => {
    const content = `[{"a":1},${Array.from({ length: 1700 }, (_, i) => `{"c${i}":1}`).join()}]`;
    expect(await failureOf(() => readAll(fileOf(content, 100, 20)))).toBe(
      'columns-too-many: it has more than 1600 columns',
    );
    expect(await failureOf(() => readAll(fileOf(`[[${'1,'.repeat(1700)}1]]`, 100)))).toMatch(
      'columns-too-many',
    );
  });
});

const feature = (properties: string, geometry: string, more = ''): string =>
  `{"type":"Feature",${more}"properties":${properties},"geometry":${geometry}}`;
const collection = (features: string, more = ''): string =>
  `{"type":"FeatureCollection",${more}"features":[${features}]}`;
const at12 = '{"type":"Point","coordinates":[1,2]}';

describe('GeoJSON becomes rows', () => {
  const read = async (content: string): Promise<ReadTable> => {
    const table = await readAll(fileOf(content, 11));
    // The bytes of geometries, as far as they were text on the way, are judged elsewhere.
    return { ...table, rows: table.rows.map((row) => row.slice(table.headers[0] === null ? 1 : 0)) };
  };

  it.each<[string, string, ReadTable['headers'], ReadTable['rows']]>([
    [
      'of a collection',
      collection(`${feature('{"a":1}', at12)},${feature('{"b":"x"}', 'null')}`),
      [null, 'a', 'b'],
      [
        ['1', null],
        [null, "'x'"],
      ],
    ],
    [
      'whose type comes last',
      `{"features":[{"geometry":${at12},"properties":{"a":1},"type":"Feature"}],"type":"FeatureCollection"}`,
      [null, 'a'],
      [['1']],
    ],
    ['in an object', `{"data":${collection(feature('{"a":1}', at12))}}`, [null, 'a'], [['1']]],
    ['of an array of features', `[${feature('{"a":1}', at12)}]`, [null, 'a'], [['1']]],
    ['of one feature', feature('{"a":1}', at12), [null, 'a'], [['1']]],
    [
      'of a feature a line',
      `${feature('{"a":1}', at12)}\n${feature('{"a":2}', 'null')}\n`,
      [null, 'a'],
      [['1'], ['2']],
    ],
    [
      'behind record separators',
      `\x1e${feature('{"a":1}', at12)}\n\x1e${feature('{"a":2}', 'null')}\n`,
      [null, 'a'],
      [['1'], ['2']],
    ],
    ['of a geometry', at12, [null], [[]]],
    ['of geometries, a line each', `${at12}\n{"coordinates":[3,4],"type":"Point"}`, [null], [[], []]],
    [
      'without properties',
      collection(`${feature('null', at12)},${feature('[]', at12)},{"type":"Feature","geometry":null}`),
      [null],
      [[], [], []],
    ],
    [
      'with the id of features',
      collection(`${feature('{"a":1}', at12, '"id":7,')},${feature('{"a":2}', at12, '"id":"x",')}`),
      [null, 'id', 'a'],
      [
        ['7', '1'],
        ["'x'", '2'],
      ],
    ],
    [
      'with the property id rather than that',
      collection(`${feature('{"a":1}', at12, '"id":7,')},${feature('{"id":"x"}', at12)}`),
      [null, 'a', 'id'],
      [
        ['1', null],
        [null, "'x'"],
      ],
    ],
    [
      'with a crs that is degrees',
      collection(
        feature('{"a":1}', at12),
        '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},',
      ),
      [null, 'a'],
      [['1']],
    ],
    ['with no crs', collection(feature('{"a":1}', at12, '"crs":null,'), '"crs":null,'), [null, 'a'], [['1']]],
    [
      'with what is no feature rejected',
      collection(`${feature('{"a":1}', at12)},null,{"type":"Other"},${feature('[1]', at12)}`),
      [null, 'a'],
      [['1'], [], [], []],
    ],
    [
      'with other members passed over',
      collection(
        feature('{"a":1}', at12, '"bbox":[1,2,3,4],"x":{"y":[]},'),
        '"name":"x","totals":{"a":[1]},',
      ),
      [null, 'a'],
      [['1']],
    ],
  ])('%s', async (_name, content, headers, rows) => {
    expect(await read(content)).toMatchObject({ headers, rows });
  });

  it('and says that an id is left out', async () => {
    expect((await read(collection(feature('{"id":1}', at12, '"id":2,')))).warnings).toEqual([
      'Features have an id besides a property of that name; the column id is the property.',
    ]);
  });

  it('with what is wrong with geometries told', async () => {
    const geometries = [
      at12,
      '{"type":"Point","coordinates":[200,2]}',
      '{"type":"Point","coordinates":[1,91]}',
      '{"type":"Point","coordinates":["1",2]}',
      '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}',
      '{"type":"Point","coordinates":[]}',
    ];
    expect(
      (await read(collection(geometries.map((geometry) => feature('{}', geometry)).join()))).warnings,
    ).toEqual([
      '2 geometries with coordinates that are no degrees became empty.',
      "1 geometry that are none by GeoJSON's rules became empty.",
      '1 geometry had a ring that was not closed; it was closed.',
    ]);
  });

  it.each<[string, string, string]>([
    [
      'the collection, at its beginning',
      collection(feature('{}', at12), '"crs":{"type":"name","properties":{"name":"EPSG:25830"}},'),
      'geojson',
    ],
    [
      'the collection, at its end',
      `{"type":"FeatureCollection","features":[${feature('{"a":1}', at12)}],"x":"crs","crs":{"type":"name","properties":{"name":"EPSG:25830"}}}`,
      'geojson',
    ],
    [
      'a single feature',
      feature('{}', at12, '"crs":{"type":"EPSG","properties":{"code":25830}},'),
      'geojson',
    ],
  ])('by GDAL where %s names another reference system', async (_name, content, format) => {
    expect((await read(content)).headers).toEqual(['read by GDAL', format]);
  });

  it('by GDAL where it is of Esri', async () => {
    const esri =
      '{"geometryType":"esriGeometryPoint","features":[{"attributes":{"a":1},"geometry":{"x":1,"y":2}}]}';
    expect((await read(esri)).headers).toEqual(['read by GDAL', 'esrijson']);
  });
});

describe('a file is read alike wherever it is cut', () => {
  it.each([
    [
      'an array',
      '\ufeff [ {"a" : "x\\u00e9\\"", "b":[ 1,{"c":"]"} ] } , {"a":-1.5e3,"b":null,"ü":true}\n]\n',
    ],
    ['lines', '{"a":"x"}\r\n{"a":\n{"b":2}}\nno\n\n{"a":{"c":"d"},"b":1}'],
    [
      'a collection',
      collection(
        `${feature('{"a":"é"}', at12, '"id":1,')},${feature('{"b":false}', '{"coordinates":[[1,2.5],[-3e0,4]],"type":"LineString"}')}`,
        '"crs":null,',
      ).replace(/}$/, ', "z" : [ "]}" ] }'),
    ],
  ])('%s', async (_name, content) => {
    const { length } = Buffer.from(content);
    const whole = await readAll(fileOf(content, length));
    expect(whole.rows.length).toBeGreaterThan(1);
    for (let size = 1; size < length; size++) {
      expect(await readAll(fileOf(content, size))).toEqual(whole);
    }
    const bytes = Buffer.from(content);
    for (let cut = 1; cut < length; cut++) {
      const file: OpenableFile = {
        ...fileOf(content),
        open: async () =>
          (async function* () {
            yield Buffer.from(bytes.subarray(0, cut));
            yield Buffer.from(bytes.subarray(cut));
          })(),
      };
      expect(await readAll(file)).toEqual(whole);
    }
  });
});

describe('what is no table says why', () => {
  it.each([
    ['an empty array', '[]', 'file-without-rows'],
    ['an empty list', '{"data":[]}', 'file-without-rows'],
    ['a collection of nothing', '{"type":"FeatureCollection","features":[]}', 'file-without-rows'],
    [
      'a message of a server',
      '{"error":{"code":500,"message":"no"}}',
      'file-type-unsupported: it is JSON, but without a list of objects',
    ],
    ['an array of numbers', '[["x",1],2]', 'none'],
    ['an array of texts', '["a","b"]', 'file-type-unsupported: it is JSON, but without a list of objects'],
    [
      'TopoJSON',
      '{"type":"Topology","objects":{},"arcs":[[[0,0]]]}',
      'file-type-unsupported: it looks like TopoJSON',
    ],
    [
      'an array cut off between rows',
      '[\n{"a":1},\n',
      'json-malformed: line 3, in row 2: the file ends too early',
    ],
    [
      'an array cut off in a row',
      '[{"a":1},\n{"a":"x',
      'json-malformed: line 2, in row 2: the file ends too early',
    ],
    [
      'an object cut off behind its list',
      '{"data":[{"a":1}]',
      'json-malformed: line 1: the file ends too early',
    ],
    ['two arrays', '[{"a":1}]\n[{"a":2}]', 'json-malformed: line 2: something follows behind the end'],
    [
      'two collections',
      `${collection(feature('{}', 'null'))}\n${collection('')}`,
      'json-malformed: line 2: something follows behind the end',
    ],
    [
      'a bracket that closes the wrong thing',
      '{"data":[{"a":1}]]',
      'json-malformed: line 1: a bracket closes what is not open',
    ],
    [
      'a missing comma',
      '[{"a":1}\n{"a":2}]',
      'json-malformed: line 2, behind row 1: a comma or a closing bracket is expected',
    ],
    ['a trailing comma', '[{"a":1},]', 'json-malformed: line 1, in row 2: a value is expected'],
    ['a missing colon', '[{"a" 1}]', 'json-malformed: line 1, in row 1: a colon is expected'],
    [
      'a name without quotes',
      '[{"a":1},{a:2}]',
      'json-malformed: line 1, in row 2: the name of a member is expected',
    ],
    ['a word', '[{"a":nil}]', 'json-malformed: line 1, in row 1: a value is expected'],
    [
      'a leading zero',
      '[{"a":007}]',
      'json-malformed: line 1, in row 1: a number is not written as JSON writes numbers',
    ],
    [
      'a line end in a text',
      '[{"a":"x\ny"}]',
      'json-malformed: line 1, in row 1: a control character stands in a string',
    ],
    [
      'an unknown escape',
      '[{"a":"\\x41"}]',
      'json-malformed: line 1, in row 1: an unknown escape stands in a string',
    ],
    [
      'an escape with too few digits',
      '[{"a":"\\u12g4"}]',
      'json-malformed: line 1, in row 1: an escape has no four hexadecimal digits',
    ],
    [
      'arrays in arrays without end',
      `[{"a":${'['.repeat(100_000)}`,
      'json-malformed: line 1, in row 1: more than 512 values stand in each other',
    ],
    [
      'a crs that is a link',
      collection(feature('{}', at12), '"crs":{"type":"link","properties":{"href":"http://x"}},'),
      'crs-unknown: the crs member names no reference system',
    ],
    [
      'a feature of many in another reference system',
      collection(feature('{}', at12, '"crs":{"type":"name","properties":{"name":"EPSG:1"}},')),
      'crs-unknown: a feature of many names its own: EPSG:1',
    ],
  ])('%s', async (_name, content, failure) => {
    const seen = await failureOf(() => readAll(fileOf(content, 5, 130)));
    const whole = await failureOf(() => readAll(fileOf(content)));
    expect({ seen, whole }).toEqual({ seen: failure, whole: failure });
  });

  it('a row that is larger than what is waited for', async () => {
    const content = Buffer.concat([Buffer.from('[{"a":1},{"a":"'), Buffer.alloc(33 * 1024 * 1024, 0x78)]);
    expect(await failureOf(() => readAll(fileOf(content, 1024 * 1024, 100)))).toBe(
      'json-malformed: in row 2: it does not end within 32 MiB; a quote or a bracket may be missing',
    );
  });

  it('or goes to GDAL where it is a feature', async () => {
    const content = Buffer.concat([
      Buffer.from(collection(feature('{}', at12)).replace(/\]\}$/, ',{"type":"Feature","properties":{"a":"')),
      Buffer.alloc(33 * 1024 * 1024, 0x78),
    ]);
    expect((await readAll(fileOf(content, 1024 * 1024, 200))).headers).toEqual(['read by GDAL', 'geojson']);
  });
});

describe('a geometry', () => {
  it('comes as EWKB before the other fields', async () => {
    const reader = await openJson(fileOf(collection(feature('{"a":1}', at12))), {
      fileName: '',
      layer: null,
      guessesTimes: true,
      openWithGdal: () => Promise.reject(new Error('not asked for')),
    });
    expect(reader.geometry).toEqual({ column: 0, encoding: 'bytes' });
    const fields: string[] = [];
    const sink: RowSink = {
      field: (bytes, start, end) => fields.push(bytes.toString('hex', start, end)),
      endRow: () => undefined,
      abandonRow: () => undefined,
      rejectRow: () => undefined,
    };
    await reader.read(sink, async () => undefined);
    expect(fields).toEqual([point(1, 2), '31']);
  });
});
