import { describe, expect, it } from '@jest/globals';
import type { DumpedLayer } from './dump-statements.js';
import { readDump } from './read-dump.js';

const head = `SET standard_conforming_strings = OFF;
BEGIN;
CREATE TABLE "public"."it's "odd";" ( "__tidetable_key" SERIAL, CONSTRAINT "it's "odd";_pk" PRIMARY KEY ("__tidetable_key") );
SELECT AddGeometryColumn('public','it\\'s ','__tidetable_geometry',4326,'MULTIPOLYGON',2);
ALTER TABLE "public"."it's ""odd"";" ADD COLUMN "na""me;
x" VARCHAR(10);
ALTER TABLE "public"."it's ""odd"";" ADD COLUMN "yes" BOOLEAN;
COMMENT ON TABLE "public"."odd" IS 'it\\'s; odd';
COPY "public"."it's ""odd"";" ("__tidetable_geometry", "na""me;
x", "yes") FROM STDIN;
`;
const rows = '0101\ta\\\\.\t1\n\\N\té\\n\\.\t0\n';
const next = `\\.
END;
COMMIT;
BEGIN;
CREATE TABLE "public"."empty" ( "__tidetable_key" SERIAL, CONSTRAINT "empty_pk" PRIMARY KEY ("__tidetable_key") );
ALTER TABLE "public"."empty" ADD COLUMN "n" INTEGER;
COMMIT;
`;

async function read(text: string, chunkBytes: number): Promise<{ layer: DumpedLayer; rows: string }[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const layers: { layer: DumpedLayer; rows: string }[] = [];
  for await (const part of readDump(chunks())) {
    if (part.kind === 'layer') layers.push({ layer: part.layer, rows: '' });
    else {
      expect(part.bytes.at(-1)).toBe(0x0a);
      layers.at(-1)!.rows += part.bytes.toString();
    }
  }
  return layers;
}

const expected = [
  {
    layer: {
      name: 'it\'s "odd";',
      srid: 4326,
      shapes: 'MULTIPOLYGON',
      fields: [
        { name: '__tidetable_geometry', kind: 'geometry', type: 'text' },
        { name: 'na"me;\nx', kind: 'text', type: 'text' },
        { name: 'yes', kind: 'boolean', type: 'boolean' },
      ],
    },
    rows,
  },
  {
    layer: {
      name: 'empty',
      srid: null,
      shapes: null,
      fields: [{ name: 'n', kind: 'text', type: 'integer' }],
    },
    rows: '',
  },
];

describe('readDump', () => {
  it('finds layers and rows wherever the output is cut', async () => {
    const text = head + rows + next;
    for (let chunkBytes = 1; chunkBytes <= Buffer.byteLength(text); chunkBytes++) {
      expect(await read(text, chunkBytes)).toEqual(expected);
    }
  });

  it('leaves out a row that was not complete when the output ended', async () => {
    expect((await read(`${head}a\tb\tc\nd\te`, 1000))[0]!.rows).toBe('a\tb\tc\n');
    expect(await read('', 10)).toEqual([]);
  });

  it.each([
    ['INTEGER', 'integer', 'text'],
    ['SMALLINT', 'integer', 'text'],
    ['INT8', 'bigint', 'text'],
    ['FLOAT8', 'double precision', 'text'],
    ['REAL', 'double precision', 'text'],
    ['BOOLEAN', 'boolean', 'boolean'],
    ['date', 'date', 'time'],
    ['timestamp with time zone', 'timestamp with time zone', 'time'],
    ['INTEGER NOT NULL', 'integer', 'text'],
    ["VARCHAR(10) DEFAULT 'a'", 'text', 'text'],
    ['INTEGER[]', 'text', 'text'],
    ['JSON', 'text', 'text'],
    ['time', 'text', 'text'],
  ])('takes %s for %s', async (sqlType, type, kind) => {
    const [layer] = await read(next.slice(next.indexOf('BEGIN')).replace('INTEGER', sqlType), 1000);
    expect(layer!.layer.fields).toEqual([{ name: 'n', type, kind }]);
  });
});
