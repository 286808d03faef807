import type { DeclaredType } from '../declared-type.js';
import type { TextBuffer } from '../text-buffer.js';
import { unsupportedFile } from './damaged-file.js';
import type { GeoColumn } from './geo-column.js';
import { PointColumn, WkbColumn } from './geometry-column.js';
import { JsonColumn } from './json-column.js';
import { LeafCursor, type PagedFile } from './leaf-cursor.js';
import type { RowGroup } from './parse-footer.js';
import type { RowColumn } from './row-column.js';
import { leavesOf, type SchemaNode } from './schema-tree.js';
import { TextColumn, ValueColumn } from './value-column.js';
import { kindOfLeaf } from './value-kind.js';
import type { ValueLosses } from './write-time.js';

/** A column of the table: where it is in the schema, and the type that it has. */
export interface TableColumn {
  readonly node: SchemaNode;
  readonly type: DeclaredType;
  /** How its values are geometries, if they are the table's. */
  readonly geo: GeoColumn | null;
}

/**
 * The columns that the table has, by the schema: all but the extents of geometries.
 *
 * @throws SyncError `file-type-unsupported` when the geometry is not stored as it is said to be
 */
export function tableColumnsOf(schema: SchemaNode, geo: GeoColumn | null): TableColumn[] {
  return schema.children
    .filter((node) => node.children.length === 0 || geo?.extentColumns.includes(node.name) !== true)
    .map((node) => {
      if (node.name !== geo?.name)
        return { node, type: isNested(node) ? 'text' : kindOfLeaf(node).type, geo: null };
      if (!(geo.encoding === 'point' ? isPoint(node) : isWkb(node))) {
        throw unsupportedFile('whose geometries are stored in another way than it says');
      }
      return { node, type: 'text', geo };
    });
}

function isNested(node: SchemaNode): boolean {
  return node.children.length > 0 || node.repetition === 'repeated';
}

function isWkb(node: SchemaNode): boolean {
  return !isNested(node) && node.storedType === 'BYTE_ARRAY';
}

function isPoint(node: SchemaNode): boolean {
  return ['x', 'y'].every((name) => {
    const child = coordinateOf(node, name);
    return child?.storedType === 'DOUBLE' && child.repetitionLevel === 0;
  });
}

function coordinateOf(node: SchemaNode, name: string): SchemaNode | undefined {
  return node.children.find((child) => child.name === name && child.children.length === 0);
}

/** What the columns of all groups share. */
export interface ColumnContext {
  readonly pages: PagedFile;
  readonly schema: SchemaNode;
  readonly losses: ValueLosses;
  /** Where values of a row are written; cleared by whoever goes to the next one. */
  readonly text: TextBuffer;
}

/** Opens the columns of a group of rows, before its first row. */
export function openColumns(
  columns: readonly TableColumn[],
  group: RowGroup,
  { pages, schema, losses, text }: ColumnContext,
): RowColumn[] {
  const leaves = leavesOf(schema);
  const cursor = (leaf: number): LeafCursor => new LeafCursor(pages, leaves[leaf]!, group.chunks[leaf]!);
  return columns.map(({ node, geo }) => {
    if (geo?.encoding === 'point') {
      const [x, y] = ['x', 'y'].map((name) => cursor(coordinateOf(node, name)!.firstLeaf));
      return new PointColumn(x!, y!, geo.srid);
    }
    if (geo !== null) return new WkbColumn(cursor(node.firstLeaf), geo.srid, text);
    if (isNested(node)) {
      const cursors: LeafCursor[] = [];
      for (let leaf = node.firstLeaf; leaf < node.leavesEnd; leaf++) cursors[leaf] = cursor(leaf);
      return new JsonColumn(node, cursors, losses, text);
    }
    const kind = kindOfLeaf(node);
    return kind.value.kind === 'text'
      ? new TextColumn(node.name, cursor(node.firstLeaf))
      : new ValueColumn(kind, cursor(node.firstLeaf), losses, text);
  });
}
