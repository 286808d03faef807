import { SyncError } from '@tidetable/contracts';
import {
  dumpedGeometry,
  type DumpedField,
  type DumpedLayer,
  findStatementEnd,
  parseStatement,
} from './dump-statements.js';

const newline = 0x0a;
const rowsEnd = Buffer.from('\\.\n');

/** A geometry or text larger than this would not fit into a row either. */
const lineBytesMax = 256 * 1024 * 1024;

/** A piece of a dump: a layer begins, or complete rows of the layer that began last. */
export type DumpPart =
  { readonly kind: 'layer'; readonly layer: DumpedLayer } | { readonly kind: 'rows'; readonly bytes: Buffer };

/**
 * Takes apart the SQL that GDAL writes (`ogr2ogr -f PGDump`): of each layer what it is, then its rows as they stand,
 * in pieces of complete lines. Works in constant memory, wherever the chunks are cut.
 */
export async function* readDump(chunks: AsyncIterable<Buffer>): AsyncGenerator<DumpPart> {
  let bytes: Buffer = Buffer.alloc(0);
  let isInRows = false;
  const head = new LayerHead();
  for await (const lines of completeLines(chunks)) {
    bytes = bytes.length === 0 ? lines : Buffer.concat([bytes, lines]);
    while (bytes.length > 0) {
      if (isInRows) {
        const end = findRowsEnd(bytes);
        const rows = bytes.subarray(0, end === -1 ? bytes.length : end);
        if (rows.length > 0) yield { kind: 'rows', bytes: rows };
        bytes = bytes.subarray(rows.length + (end === -1 ? 0 : rowsEnd.length));
        isInRows = end === -1;
        continue;
      }
      const end = findStatementEnd(bytes, 0);
      if (end === -1) break;
      const finished = head.take(bytes.toString('utf8', 0, end));
      if (finished !== null) yield { kind: 'layer', layer: finished.layer };
      isInRows = finished?.hasRows ?? false;
      bytes = bytes.subarray(end);
    }
  }
}

/** Collects the statements that describe a layer. */
class LayerHead {
  private name: string | null = null;
  private srid: number | null = null;
  private shapes: string | null = null;
  private fields: DumpedField[] = [];
  /** Layers that were told without rows: GDAL may come back to them. */
  private readonly rowless = new Map<string, DumpedLayer>();

  /** The layer that this statement completes, with the beginning of its rows or without having any. */
  take(sql: string): { layer: DumpedLayer; hasRows: boolean } | null {
    const statement = parseStatement(sql);
    switch (statement.kind) {
      case 'table': {
        const earlier = this.finish(this.fields);
        this.name = statement.name;
        this.srid = null;
        this.shapes = null;
        this.fields = [];
        return earlier;
      }
      case 'geometry':
        this.srid = statement.srid;
        this.shapes = statement.shapes;
        this.fields.push({ name: dumpedGeometry, kind: 'geometry', type: 'text' });
        return null;
      case 'column':
        this.fields.push(statement.field);
        return null;
      case 'copy': {
        // Rows may come long after their table, when others have begun.
        const isOwn = statement.table === this.name;
        const layer = isOwn ? this.finish(this.fields)?.layer : this.rowless.get(statement.table);
        if (layer === undefined) return null;
        return { layer: { ...layer, fields: fieldsOf(statement.names, layer.fields) }, hasRows: true };
      }
      case 'end':
        return this.finish(this.fields);
      case 'other':
        return null;
    }
  }

  private finish(fields: readonly DumpedField[]): { layer: DumpedLayer; hasRows: boolean } | null {
    if (this.name === null) return null;
    const layer = { name: this.name, srid: this.srid, shapes: this.shapes, fields };
    this.name = null;
    this.rowless.set(layer.name, layer);
    return { layer, hasRows: false };
  }
}

/** The fields that the rows really have, in their order. */
function fieldsOf(names: readonly string[], declared: readonly DumpedField[]): DumpedField[] {
  const byName = new Map(declared.map((field) => [field.name, field]));
  return names.map((name) => byName.get(name) ?? { name, kind: 'text' as const, type: 'text' as const });
}

/** Where the line that ends the rows begins; -1 when it is not among these complete lines. */
function findRowsEnd(lines: Buffer): number {
  if (lines.subarray(0, rowsEnd.length).equals(rowsEnd)) return 0;
  const at = lines.indexOf('\n\\.\n');
  return at === -1 ? -1 : at + 1;
}

async function* completeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      yield rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = [];
      restBytes = 0;
    }
    if (end < chunk.length) rest.push(chunk.subarray(end));
    restBytes += chunk.length - end;
    if (restBytes > lineBytesMax) throw new SyncError('file-unreadable', 'a feature is larger than 256 MiB');
  }
}
