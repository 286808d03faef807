import type { SchemaElement, SchemaTree } from 'hyparquet';
import type { DeclaredType } from '../declared-type.js';

/** How the values of a column are meant; what a value is written as depends on it. */
export type ValueKind =
  | {
      readonly kind:
        'boolean' | 'number' | 'float' | 'halfFloat' | 'text' | 'bytes' | 'uuid' | 'interval' | 'day';
    }
  | { readonly kind: 'integer'; readonly isUnsigned: boolean }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly unitsPerSecond: number; readonly isUtc: boolean }
  | { readonly kind: 'time'; readonly unitsPerSecond: number }
  | { readonly kind: 'nested' };

/** A column that is a type, and how its values become that. */
export interface KindOfColumn {
  readonly value: ValueKind;
  readonly type: DeclaredType;
}

const unitsPerSecond = { MILLIS: 1_000, MICROS: 1_000_000, NANOS: 1_000_000_000 };

/** What a column is, by its place in the schema: lists, maps and structures are one column, of text. */
export function kindOfColumn(node: SchemaTree): KindOfColumn {
  if (node.children.length > 0 || node.element.repetition_type === 'REPEATED') {
    return { value: { kind: 'nested' }, type: 'text' };
  }
  return kindOfElement(node.element);
}

/** What a value is that has no parts. */
export function kindOfElement(element: SchemaElement): KindOfColumn {
  return kindByMeaning(element) ?? kindByStorage(element);
}

function kindByMeaning(element: SchemaElement): KindOfColumn | null {
  const { logical_type: logical, converted_type: converted } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0;
    return { value: { kind: 'decimal', scale }, type: 'numeric' };
  }
  if (logical?.type === 'TIMESTAMP') return timestamp(unitsPerSecond[logical.unit], logical.isAdjustedToUTC);
  if (converted === 'TIMESTAMP_MILLIS') return timestamp(unitsPerSecond.MILLIS, true);
  if (converted === 'TIMESTAMP_MICROS') return timestamp(unitsPerSecond.MICROS, true);
  if (logical?.type === 'TIME') return time(unitsPerSecond[logical.unit]);
  if (converted === 'TIME_MILLIS') return time(unitsPerSecond.MILLIS);
  if (converted === 'TIME_MICROS') return time(unitsPerSecond.MICROS);
  if (converted === 'DATE' || logical?.type === 'DATE') return { value: { kind: 'day' }, type: 'date' };
  if (logical?.type === 'INTEGER') return integer(logical.bitWidth, !logical.isSigned);
  const sized = /^(U?)INT_(\d+)$/.exec(converted ?? '');
  if (sized !== null) return integer(Number(sized[2]), sized[1] === 'U');
  if (logical?.type === 'UUID') return { value: { kind: 'uuid' }, type: 'text' };
  if (logical?.type === 'FLOAT16') return { value: { kind: 'halfFloat' }, type: 'double precision' };
  if (converted === 'INTERVAL') return { value: { kind: 'interval' }, type: 'text' };
  const isText =
    /^(UTF8|ENUM|JSON)$/.test(converted ?? '') || /^(STRING|ENUM|JSON)$/.test(logical?.type ?? '');
  return isText ? { value: { kind: 'text' }, type: 'text' } : null;
}

function kindByStorage({ type }: SchemaElement): KindOfColumn {
  switch (type) {
    case 'BOOLEAN':
      return { value: { kind: 'boolean' }, type: 'boolean' };
    case 'INT32':
      return integer(32, false);
    case 'INT64':
      return integer(64, false);
    case 'INT96':
      return timestamp(unitsPerSecond.NANOS, false);
    case 'FLOAT':
      return { value: { kind: 'float' }, type: 'double precision' };
    case 'DOUBLE':
      return { value: { kind: 'number' }, type: 'double precision' };
    default:
      return { value: { kind: 'bytes' }, type: 'text' };
  }
}

function timestamp(units: number, isUtc: boolean): KindOfColumn {
  return {
    value: { kind: 'timestamp', unitsPerSecond: units, isUtc },
    type: isUtc ? 'timestamp with time zone' : 'timestamp without time zone',
  };
}

function time(units: number): KindOfColumn {
  return { value: { kind: 'time', unitsPerSecond: units }, type: 'time without time zone' };
}

function integer(bits: number, isUnsigned: boolean): KindOfColumn {
  const fitsInteger = bits < 32 || (bits === 32 && !isUnsigned);
  const type = bits === 64 && isUnsigned ? 'numeric' : fitsInteger ? 'integer' : 'bigint';
  return { value: { kind: 'integer', isUnsigned }, type };
}
