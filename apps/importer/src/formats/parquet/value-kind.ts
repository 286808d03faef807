import type { DeclaredType } from '../declared-type.js';
import type { Meaning, SchemaNode, StoredType } from './schema-tree.js';

/** How the stored bytes of a column are meant; what a value is written as depends on it. */
export type ValueKind =
  | {
      readonly kind:
        | 'boolean'
        | 'float'
        | 'double'
        | 'halfFloat'
        | 'text'
        | 'bytes'
        | 'uuid'
        | 'interval'
        | 'day'
        | 'oldTimestamp'
        | 'integer'
        | 'unsignedInteger'
        | 'long'
        | 'unsignedLong';
    }
  | { readonly kind: 'decimal'; readonly scale: number; readonly storedType: StoredType }
  | { readonly kind: 'timestamp'; readonly unitsPerSecond: number; readonly isUtc: boolean }
  | { readonly kind: 'time'; readonly unitsPerSecond: number; readonly storedType: StoredType };

/** How the values of a column are meant, and the type that it has. */
export interface KindOfColumn {
  readonly value: ValueKind;
  readonly type: DeclaredType;
}

const kinds = {
  boolean: { value: { kind: 'boolean' }, type: 'boolean' },
  integer: { value: { kind: 'integer' }, type: 'integer' },
  unsignedInteger: { value: { kind: 'unsignedInteger' }, type: 'bigint' },
  smallUnsignedInteger: { value: { kind: 'unsignedInteger' }, type: 'integer' },
  long: { value: { kind: 'long' }, type: 'bigint' },
  unsignedLong: { value: { kind: 'unsignedLong' }, type: 'numeric' },
  float: { value: { kind: 'float' }, type: 'double precision' },
  double: { value: { kind: 'double' }, type: 'double precision' },
  halfFloat: { value: { kind: 'halfFloat' }, type: 'double precision' },
  text: { value: { kind: 'text' }, type: 'text' },
  bytes: { value: { kind: 'bytes' }, type: 'text' },
  uuid: { value: { kind: 'uuid' }, type: 'text' },
  interval: { value: { kind: 'interval' }, type: 'text' },
  day: { value: { kind: 'day' }, type: 'date' },
  oldTimestamp: { value: { kind: 'oldTimestamp' }, type: 'timestamp without time zone' },
} satisfies Record<string, KindOfColumn>;

const kindsByStorage: Record<StoredType, KindOfColumn> = {
  BOOLEAN: kinds.boolean,
  INT32: kinds.integer,
  INT64: kinds.long,
  INT96: kinds.oldTimestamp,
  FLOAT: kinds.float,
  DOUBLE: kinds.double,
  BYTE_ARRAY: kinds.bytes,
  FIXED_LEN_BYTE_ARRAY: kinds.bytes,
};

/** What the values of a leaf are. What is said of them counts only where they are stored in a way that allows it. */
export function kindOfLeaf({ storedType, bytes, meaning }: SchemaNode): KindOfColumn {
  const stored = storedType!;
  const byMeaning = meaning === null ? null : kindByMeaning(meaning, stored, bytes);
  return byMeaning ?? kindsByStorage[stored];
}

function kindByMeaning(meaning: Meaning, stored: StoredType, bytes: number): KindOfColumn | null {
  const isFixed = stored === 'FIXED_LEN_BYTE_ARRAY';
  switch (meaning.kind) {
    case 'decimal':
      return isDecimal(stored)
        ? { value: { kind: 'decimal', scale: meaning.scale, storedType: stored }, type: 'numeric' }
        : null;
    case 'timestamp':
      return stored === 'INT64' ? timestamp(meaning.unitsPerSecond, meaning.isUtc) : null;
    case 'time':
      return stored === 'INT32' || stored === 'INT64'
        ? {
            value: { kind: 'time', unitsPerSecond: meaning.unitsPerSecond, storedType: stored },
            type: 'time without time zone',
          }
        : null;
    case 'integer':
      return integer(meaning.bits, meaning.isSigned, stored);
    case 'day':
      return stored === 'INT32' ? kinds.day : null;
    case 'text':
      return stored === 'BYTE_ARRAY' || isFixed ? kinds.text : null;
    case 'uuid':
      return isFixed && bytes === 16 ? kinds.uuid : null;
    case 'halfFloat':
      return isFixed && bytes === 2 ? kinds.halfFloat : null;
    case 'interval':
      return isFixed && bytes === 12 ? kinds.interval : null;
    default:
      return null;
  }
}

function isDecimal(stored: StoredType): boolean {
  return stored !== 'BOOLEAN' && stored !== 'INT96' && stored !== 'FLOAT' && stored !== 'DOUBLE';
}

function timestamp(unitsPerSecond: number, isUtc: boolean): KindOfColumn {
  return {
    value: { kind: 'timestamp', unitsPerSecond, isUtc },
    type: isUtc ? 'timestamp with time zone' : 'timestamp without time zone',
  };
}

function integer(bits: number, isSigned: boolean, stored: StoredType): KindOfColumn | null {
  if (stored === 'INT64') return isSigned ? kinds.long : kinds.unsignedLong;
  if (stored !== 'INT32') return null;
  if (isSigned) return kinds.integer;
  return bits < 32 ? kinds.smallUnsignedInteger : kinds.unsignedInteger;
}
