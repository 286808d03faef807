import { isUtf8 } from 'node:buffer';
import { SyncError } from '@tidetable/contracts';
import type { TextBuffer } from '../text-buffer.js';
import type { LeafCursor } from './leaf-cursor.js';
import type { SchemaNode } from './schema-tree.js';
import { type RowColumn, rowBytesMax } from './row-column.js';
import { kindOfLeaf, type ValueKind } from './value-kind.js';
import type { ValueLosses } from './write-time.js';
import { writerOf, type WriteValue } from './write-value.js';

/** How a part of a column is written as JSON. */
type Shape =
  | { readonly form: 'value'; readonly leaf: number; readonly kind: ValueKind; readonly write: WriteValue }
  | { readonly form: 'list'; readonly repeated: SchemaNode; readonly entry: Part }
  | { readonly form: 'map'; readonly repeated: SchemaNode; readonly key: Part; readonly value: Part | null }
  | { readonly form: 'object'; readonly members: readonly { readonly label: string; readonly part: Part }[] };

interface Part {
  readonly node: SchemaNode;
  /** Whether it is a list by being repeated, of what `shape` says. */
  readonly isRepeated: boolean;
  readonly shape: Shape;
}

const safeDigits = 15;

/**
 * A column with parts, a list, map or structure, as JSON, put together from the levels of its leaves. Numbers beyond 2^53,
 * decimals, times and what is no number are texts in it.
 */
export class JsonColumn implements RowColumn {
  readonly isText = true;
  readonly problem = null;
  isNull = false;
  isTooLong = false;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  private readonly part: Part;

  /** `leaves` are by their number in the whole schema; those of other columns may be missing. They are at no entry yet. */
  constructor(
    private readonly node: SchemaNode,
    private readonly leaves: readonly LeafCursor[],
    private readonly losses: ValueLosses,
    private readonly out: TextBuffer,
  ) {
    this.part = partOf(node, node.repetition === 'repeated');
  }

  /** Goes to the next row. @throws an Error of any kind when it is damaged, SyncError */
  advance(): void {
    const { node, out } = this;
    this.isTooLong = false;
    const first = this.first(node);
    if (!first.isBegun) this.pass(node);
    out.begin();
    // Only the column itself can be nothing, not one that is an empty list.
    this.isNull = node.repetition === 'optional' && first.definition < node.definition;
    if (this.isNull) this.pass(node);
    else this.writePart(this.part);
    for (let leaf = node.firstLeaf; leaf < node.leavesEnd; leaf++) {
      if (this.leaves[leaf]!.repetition !== 0) throw new RangeError('lists go on behind their row');
    }
    this.bytes = out.bytes;
    this.start = out.piece;
    this.end = out.length;
  }

  private first(node: SchemaNode): LeafCursor {
    return this.leaves[node.firstLeaf]!;
  }

  /** Goes on to the next entry of all leaves of a part. */
  private pass(node: SchemaNode): void {
    for (let leaf = node.firstLeaf; leaf < node.leavesEnd; leaf++) this.leaves[leaf]!.nextOrEnd();
  }

  private writePart({ node, isRepeated, shape }: Part): void {
    if (isRepeated) this.writeEntries(node, () => this.writeShape(node, shape));
    else if (node.repetition === 'optional' && this.first(node).definition < node.definition) {
      this.pass(node);
      this.append('null');
    } else this.writeShape(node, shape);
  }

  private writeShape(node: SchemaNode, shape: Shape): void {
    switch (shape.form) {
      case 'value':
        this.writeValue(shape, false);
        this.leaves[shape.leaf]!.nextOrEnd();
        return;
      case 'list':
        this.writeEntries(shape.repeated, () => this.writePart(shape.entry));
        return;
      case 'map':
        this.writeEntries(shape.repeated, () => this.writeMember(shape.key, shape.value), '{', '}');
        return;
      case 'object':
        shape.members.forEach(({ label, part }, index) => {
          this.append(`${index === 0 ? '{' : ','}${label}`);
          this.writePart(part);
        });
        this.append(node.children.length === 0 ? '{}' : '}');
    }
  }

  /** Writes what is repeated, as often as the leaves say. */
  private writeEntries(node: SchemaNode, writeEntry: () => void, open = '[', close = ']'): void {
    const first = this.first(node);
    this.append(open);
    if (first.definition < node.definition) {
      this.pass(node);
      this.append(close);
      return;
    }
    for (let isFirst = true; isFirst || first.repetition === node.repetitionLevel; isFirst = false) {
      if (!isFirst) this.append(',');
      writeEntry();
    }
    this.append(close);
  }

  private writeMember(key: Part, value: Part | null): void {
    if (key.shape.form === 'value' && this.leaves[key.shape.leaf]!.hasValue) {
      this.writeValue(key.shape, true);
      this.leaves[key.shape.leaf]!.nextOrEnd();
    } else {
      this.pass(key.node);
      this.append('"null"');
    }
    this.append(':');
    if (value === null) this.append('null');
    else this.writePart(value);
  }

  private writeValue({ leaf, kind, write }: Shape & { form: 'value' }, isKey: boolean): void {
    const { values, hasValue } = this.leaves[leaf]!;
    // What is required and not there was lost on the way.
    if (!hasValue) throw new RangeError('a value is missing');
    const { out } = this;
    const { bytes, start, end } = values!;
    const from = out.length - out.piece;
    this.isTooLong ||= from + end - start > rowBytesMax;
    if (this.isTooLong) return;
    if (kind.kind === 'text' && !isUtf8(bytes.subarray(start, end))) {
      throw new SyncError('text-encoding-invalid', `it is a Parquet file, column ${this.node.name}`);
    }
    out.appendAscii('"');
    write(out, bytes, start, end, this.losses);
    this.finishValue(from, kind, isKey);
  }

  /** Takes the quote away again from before numbers, and ends the others with one. */
  private finishValue(from: number, { kind }: ValueKind, isKey: boolean): void {
    const { out } = this;
    const start = out.piece + from;
    const length = out.length - start - 1;
    const isBare = !isKey && (kind === 'boolean' || isBareNumber(kind, out.bytes, start + 1, out.length));
    if (isBare) {
      out.bytes.copyWithin(start, start + 1, out.length);
      out.length--;
    } else if (kind === 'text' || kind === 'bytes') {
      if (needsEscape(out.bytes, start + 1, out.length)) {
        const text = JSON.stringify(out.bytes.toString('utf8', start + 1, start + 1 + length));
        out.length = start;
        out.appendText(text);
      } else out.appendAscii('"');
    } else out.appendAscii('"');
  }

  private append(text: string): void {
    this.isTooLong ||= this.out.length - this.out.piece > rowBytesMax;
    if (!this.isTooLong) this.out.appendText(text);
  }
}

function isBareNumber(kind: ValueKind['kind'], bytes: Buffer, start: number, end: number): boolean {
  switch (kind) {
    case 'integer':
    case 'unsignedInteger':
      return true;
    case 'long':
    case 'unsignedLong':
      return end - start <= safeDigits || Number.isSafeInteger(Number(bytes.toString('latin1', start, end)));
    case 'float':
    case 'double':
    case 'halfFloat': {
      const last = bytes[end - 1]!;
      // NaN and Infinity end with letters.
      return last >= 0x30 && last <= 0x39;
    }
    default:
      return false;
  }
}

function needsEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 || byte === 0x22 || byte === 0x5c) return true;
  }
  return false;
}

function partOf(node: SchemaNode, isRepeated: boolean): Part {
  return { node, isRepeated, shape: shapeOf(node) };
}

/** A part in another one: what is repeated without being called a list is one. */
function innerPartOf(node: SchemaNode): Part {
  return partOf(node, node.repetition === 'repeated');
}

function shapeOf(node: SchemaNode): Shape {
  const { children, meaning } = node;
  if (children.length === 0) {
    const { value } = kindOfLeaf(node);
    return { form: 'value', leaf: node.firstLeaf, kind: value, write: writerOf(value) };
  }
  const only = children.length === 1 ? children[0]! : null;
  if (only?.repetition === 'repeated') {
    if (meaning?.kind === 'list') return { form: 'list', repeated: only, entry: entryOf(node, only) };
    const [key, value, more] = only.children;
    if (meaning?.kind === 'map' && key !== undefined && key.children.length === 0 && more === undefined) {
      const isPlain = key.repetition !== 'repeated';
      if (isPlain) {
        return {
          form: 'map',
          repeated: only,
          key: innerPartOf(key),
          value: value === undefined ? null : innerPartOf(value),
        };
      }
    }
  }
  return {
    form: 'object',
    members: children.map((child) => ({
      label: `${JSON.stringify(child.name)}:`,
      part: innerPartOf(child),
    })),
  };
}

/**
 * The entry of a list. The repeated element is a shell around it in all newer files, and the entry itself in older ones,
 * which the format tells apart by how many parts it has and by its name.
 */
function entryOf(list: SchemaNode, repeated: SchemaNode): Part {
  const isEntry =
    repeated.children.length !== 1 ||
    repeated.children[0]!.repetition === 'repeated' ||
    repeated.name === 'array' ||
    repeated.name === `${list.name}_tuple`;
  return isEntry ? partOf(repeated, false) : innerPartOf(repeated.children[0]!);
}
