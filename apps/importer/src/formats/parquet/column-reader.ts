import type { FileHandle } from 'node:fs/promises';
import type { ParquetParsers, RowGroup, SchemaTree } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { TextBuffer } from '../text-buffer.js';
import { kindOfElement, type ValueKind } from './column-kind.js';
import { damagedFile, decoding } from './damaged-file.js';
import { LeafReader } from './leaf-reader.js';
import { type StoredValue, type ValueLosses, writeValue } from './write-value.js';

/** A leaf of a column, by its path in the schema. */
interface Leaf {
  readonly path: string;
  readonly reader: LeafReader;
  readonly kind: ValueKind;
  /** Parts of a variant are put together as they are. */
  readonly isRaw: boolean;
}

/**
 * Reads one column of a table in one group of rows: the leaf that it is, or all leaves of a list, map or structure, put
 * together row by row.
 */
export class ColumnReader {
  private readonly leaves: readonly Leaf[];
  private readonly text = new TextBuffer();

  constructor(
    file: FileHandle,
    schema: SchemaTree,
    private readonly node: SchemaTree,
    group: RowGroup,
    private readonly losses: ValueLosses,
  ) {
    const rows = Number(group.num_rows);
    this.leaves = group.columns.flatMap(({ meta_data: metadata }) => {
      if (metadata === undefined || metadata.path_in_schema[0] !== node.element.name) return [];
      const { element, isRaw } = leafOf(node, metadata.path_in_schema);
      return [
        {
          path: metadata.path_in_schema.join('.'),
          reader: new LeafReader(file, schema, { metadata, rows }),
          kind: kindOfElement(element).value,
          isRaw,
        },
      ];
    });
    if (this.leaves.length === 0) throw damagedFile(undefined);
  }

  /** How many rows can be taken at once; at least one unless the group is at its end. */
  async available(): Promise<number> {
    let rows = Infinity;
    for (const { reader } of this.leaves) rows = Math.min(rows, await reader.available());
    return rows;
  }

  /** Takes the values of the next rows: as they are stored, or of what has parts as what JSON can write. */
  take(rows: number): ArrayLike<unknown> {
    const { node } = this;
    if (node.children.length === 0) {
      const leaf = this.leaves[0]!;
      const values = leaf.reader.take(rows);
      return node.element.repetition_type === 'REPEATED' ? this.meant(leaf, values) : values;
    }
    return decoding(() => {
      const parts = new Map<string, unknown[]>(
        this.leaves.map((leaf) => [leaf.path, this.meant(leaf, leaf.reader.take(rows))]),
      );
      assembleNested(parts, node, DEFAULT_PARSERS satisfies ParquetParsers);
      const values = parts.get(node.path.join('.'));
      if (values === undefined) throw damagedFile(undefined);
      return values;
    });
  }

  /** What stored values mean, in lists however deep. */
  private meant(leaf: Leaf, values: ArrayLike<unknown>): unknown[] {
    return Array.from(values, (value) => {
      if (value === null || value === undefined || leaf.isRaw) return value;
      if (Array.isArray(value)) return this.meant(leaf, value);
      return this.meaning(leaf.kind, value as StoredValue);
    });
  }

  private meaning(kind: ValueKind, value: StoredValue): unknown {
    switch (kind.kind) {
      case 'boolean':
      case 'number':
        return value;
      default: {
        this.text.clear();
        writeValue(this.text, value, kind, this.losses);
        const text = this.text.bytes.toString('utf8', this.text.piece, this.text.length);
        const isNumber = kind.kind === 'integer' || kind.kind === 'float' || kind.kind === 'halfFloat';
        return isNumber && Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : text;
      }
    }
  }
}

function leafOf(
  node: SchemaTree,
  path: readonly string[],
): { element: SchemaTree['element']; isRaw: boolean } {
  let leaf = node;
  let isRaw = node.element.logical_type?.type === 'VARIANT';
  for (const name of path.slice(1)) {
    const child = leaf.children.find(({ element }) => element.name === name);
    if (child === undefined) throw damagedFile(undefined);
    leaf = child;
    isRaw ||= leaf.element.logical_type?.type === 'VARIANT';
  }
  return { element: leaf.element, isRaw };
}

/** What has parts as JSON: numbers that JSON cannot hold exactly as text, bytes in hexadecimal digits. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return Number.isSafeInteger(Number(part)) ? Number(part) : String(part);
    return part instanceof Uint8Array ? `\\x${Buffer.from(part).toString('hex')}` : part;
  });
}
