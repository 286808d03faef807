import type { DeclaredType } from '../declared-type.js';

/** What GDAL calls the two columns that it adds; no file has such names. */
export const dumpedGeometry = '__tidetable_geometry';
export const dumpedKey = '__tidetable_key';

/** A field of a dumped row, by what is done to its text. */
export type DumpedKind = 'text' | 'boolean' | 'time' | 'geometry';

/** A field of a layer's rows. */
export interface DumpedField {
  readonly name: string;
  readonly kind: DumpedKind;
  /** The type that GDAL declares; means nothing for a geometry. */
  readonly type: DeclaredType;
}

/** A layer as the statements before its rows describe it. */
export interface DumpedLayer {
  readonly name: string;
  /** The fields of its rows, in order. */
  readonly fields: readonly DumpedField[];
  /** The SRID of its geometries, 0 when GDAL knows no number for it; `null` for a layer without geometry. */
  readonly srid: number | null;
  /** The kind of its geometries, as the layer declares it, in capital letters; `null` for a layer without geometry. */
  readonly shapes: string | null;
}

/** One statement of the SQL that GDAL writes, as far as it matters. */
export type DumpStatement =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'geometry'; readonly srid: number; readonly shapes: string }
  | { readonly kind: 'column'; readonly field: DumpedField }
  | { readonly kind: 'copy'; readonly table: string; readonly names: readonly string[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'other' };

const quote = 0x22;
const apostrophe = 0x27;
const backslash = 0x5c;
const semicolon = 0x3b;
const newline = 0x0a;

/** Where the statement that begins at `from` ends, after its line; -1 when it is not complete. */
export function findStatementEnd(bytes: Buffer, from: number): number {
  let inside = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inside === apostrophe && byte === backslash) i++;
    else if (inside !== 0) inside = byte === inside ? 0 : inside;
    else if (byte === quote || byte === apostrophe) inside = byte;
    else if (byte === semicolon && bytes[i + 1] === newline) return i + 2;
  }
  return -1;
}

/** Reads one statement of the fixed forms in which GDAL writes them. */
export function parseStatement(sql: string): DumpStatement {
  // The name of a table is not escaped here, so it is found by what surrounds it.
  const table = /^CREATE TABLE "public"\."([^]*)" \( "__tidetable_key" SERIAL, CONSTRAINT "/.exec(sql);
  if (table !== null) return { kind: 'table', name: table[1]! };
  const geometry = /^SELECT AddGeometryColumn\([^]*,(-?\d+),'([A-Z]+)',\d\);\n$/.exec(sql);
  if (geometry !== null) return { kind: 'geometry', srid: Number(geometry[1]), shapes: geometry[2]! };
  const column = /^ALTER TABLE "public"\."(?:[^"]|"")*" ADD COLUMN "((?:[^"]|"")*)" ([^]+);\n$/.exec(sql);
  if (column !== null) return { kind: 'column', field: fieldOf(unquote(column[1]!), column[2]!) };
  const copy = /^COPY "public"\."((?:[^"]|"")*)" \(([^]*)\) FROM STDIN;\n$/.exec(sql);
  if (copy !== null) {
    const names = [...copy[2]!.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => unquote(match[1]!));
    return { kind: 'copy', table: unquote(copy[1]!), names };
  }
  return sql === 'COMMIT;\n' ? { kind: 'end' } : { kind: 'other' };
}

function unquote(identifier: string): string {
  return identifier.replaceAll('""', '"');
}

function fieldOf(name: string, sqlType: string): DumpedField {
  const type = sqlType
    .toLowerCase()
    .replace(/ (not null|default|unique)\b[^]*$/, '')
    .trim();
  switch (type) {
    case 'smallint':
    case 'integer':
      return { name, kind: 'text', type: 'integer' };
    case 'int8':
    case 'bigint':
      return { name, kind: 'text', type: 'bigint' };
    case 'real':
    case 'float8':
      return { name, kind: 'text', type: 'double precision' };
    case 'boolean':
      return { name, kind: 'boolean', type: 'boolean' };
    case 'date':
      return { name, kind: 'time', type: 'date' };
    case 'timestamp with time zone':
      return { name, kind: 'time', type: 'timestamp with time zone' };
    default:
      return { name, kind: 'text', type: 'text' };
  }
}
