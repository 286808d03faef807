import {
  type Meaning,
  plantSchema,
  repetitions,
  type SchemaElement,
  type SchemaNode,
  storedTypes,
} from './schema-tree.js';
import { type ThriftReader, thriftType } from './thrift-reader.js';

const elementsMax = 50_000;
const nameCharactersMax = 10_000;
const millisecondsPerSecond = 1_000;
const microsecondsPerSecond = 1_000_000;
/** By the number of the unit. */
const unitsPerSecond: Record<number, number> = {
  1: millisecondsPerSecond,
  2: microsecondsPerSecond,
  3: 1_000_000_000,
};

/** What older files say of values, by the number of the converted type. */
const converted: Record<number, Meaning> = {
  0: { kind: 'text' },
  1: { kind: 'map' },
  2: { kind: 'map' },
  3: { kind: 'list' },
  4: { kind: 'text' },
  6: { kind: 'day' },
  7: { kind: 'time', unitsPerSecond: millisecondsPerSecond, isUtc: true },
  8: { kind: 'time', unitsPerSecond: microsecondsPerSecond, isUtc: true },
  9: { kind: 'timestamp', unitsPerSecond: millisecondsPerSecond, isUtc: true },
  10: { kind: 'timestamp', unitsPerSecond: microsecondsPerSecond, isUtc: true },
  11: { kind: 'integer', bits: 8, isSigned: false },
  12: { kind: 'integer', bits: 16, isSigned: false },
  13: { kind: 'integer', bits: 32, isSigned: false },
  14: { kind: 'integer', bits: 64, isSigned: false },
  15: { kind: 'integer', bits: 8, isSigned: true },
  16: { kind: 'integer', bits: 16, isSigned: true },
  17: { kind: 'integer', bits: 32, isSigned: true },
  18: { kind: 'integer', bits: 64, isSigned: true },
  19: { kind: 'text' },
  21: { kind: 'interval' },
};
const convertedDecimal = 5;

/** Reads the schema of a file. @throws RangeError when it is damaged, SyncError `columns-too-many` */
export function parseSchema(reader: ThriftReader): SchemaNode {
  const elements: SchemaElement[] = [];
  reader.list(() => {
    if (elements.length >= elementsMax) throw new RangeError('the schema has too many elements');
    elements.push(parseElement(reader));
  });
  return plantSchema(elements);
}

function parseElement(reader: ThriftReader): SchemaElement {
  let storedType: SchemaElement['storedType'] = null;
  let bytes = 0;
  let repetition: SchemaElement['repetition'] = 'required';
  let name = '';
  let childrenCount = 0;
  let convertedType = -1;
  let scale = 0;
  let logical: Meaning | null = null;
  reader.struct((id, type) => {
    if (id === 1) storedType = storedTypes[reader.integer()] ?? null;
    else if (id === 2) bytes = reader.integer();
    else if (id === 3) repetition = repetitions[reader.integer()] ?? 'required';
    else if (id === 4) name = reader.text();
    else if (id === 5) childrenCount = reader.integer();
    else if (id === 6) convertedType = reader.integer();
    else if (id === 7) scale = reader.integer();
    else if (id === 10 && type === thriftType.struct) logical = parseLogicalType(reader);
    else return false;
    return true;
  });
  if (name.length > nameCharactersMax) throw new RangeError('a name is too long');
  const older: Meaning | null =
    convertedType === convertedDecimal ? { kind: 'decimal', scale } : (converted[convertedType] ?? null);
  return { name, repetition, storedType, bytes, childrenCount, meaning: meaningOf(logical ?? older) };
}

/** More digits behind the point than any database keeps are the work of damage. */
function meaningOf(meaning: Meaning | null): Meaning | null {
  if (meaning?.kind === 'decimal' && !(Math.abs(meaning.scale) <= 16_383)) {
    throw new RangeError('decimals have too many digits');
  }
  return meaning;
}

/** A union: one field says which type it is. */
function parseLogicalType(reader: ThriftReader): Meaning | null {
  let meaning: Meaning | null = null;
  const plain: Record<number, Meaning> = {
    1: { kind: 'text' },
    2: { kind: 'map' },
    3: { kind: 'list' },
    4: { kind: 'text' },
    6: { kind: 'day' },
    12: { kind: 'text' },
    14: { kind: 'uuid' },
    15: { kind: 'halfFloat' },
  };
  reader.struct((id, type) => {
    if (type !== thriftType.struct) return false;
    if (id === 5) meaning = parseDecimal(reader);
    else if (id === 7 || id === 8) meaning = parseTime(reader, id === 7 ? 'time' : 'timestamp');
    else if (id === 10) meaning = parseInteger(reader);
    else if (id === 17 || id === 18) meaning = parseGeometry(reader);
    else {
      meaning = plain[id] ?? null;
      return false;
    }
    return true;
  });
  return meaning;
}

function parseDecimal(reader: ThriftReader): Meaning {
  let scale = 0;
  reader.struct((id) => {
    if (id !== 1) return false;
    scale = reader.integer();
    return true;
  });
  return { kind: 'decimal', scale };
}

function parseTime(reader: ThriftReader, kind: 'time' | 'timestamp'): Meaning {
  let isUtc = false;
  let units = microsecondsPerSecond;
  reader.struct((id, type) => {
    if (id === 1) {
      isUtc = type === thriftType.yes;
      return false;
    }
    if (id !== 2 || type !== thriftType.struct) return false;
    reader.struct((unit) => {
      units = unitsPerSecond[unit] ?? units;
      return false;
    });
    return true;
  });
  return { kind, unitsPerSecond: units, isUtc };
}

function parseInteger(reader: ThriftReader): Meaning {
  let bits = 64;
  let isSigned = true;
  reader.struct((id, type) => {
    if (id === 2) isSigned = type === thriftType.yes;
    if (id !== 1) return false;
    bits = reader.byte();
    return true;
  });
  return { kind: 'integer', bits, isSigned };
}

function parseGeometry(reader: ThriftReader): Meaning {
  let crs: string | null = null;
  reader.struct((id, type) => {
    if (id !== 1 || type !== thriftType.binary) return false;
    crs = reader.text();
    return true;
  });
  return { kind: 'geometry', crs };
}
