/**
 * The types a column can get. A column starts with every type possible and loses those that one of its values
 * does not fit; what is left at the end of the file decides.
 */
export const typeBit = {
  integer: 1,
  bigint: 2,
  double: 4,
  date: 8,
  timestamp: 16,
  timestamptz: 32,
  // Pairs of words for yes and no. All values must come from one pair.
  trueFalse: 64,
  tf: 128,
  yesNo: 256,
  yn: 512,
  onOff: 1024,
} as const;

/** Every type is still possible: no value has been seen. */
export const anyType = 2047;

/** The PostgreSQL types that columns are created with. */
export type ColumnType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'date'
  | 'timestamp without time zone'
  | 'timestamp with time zone'
  | 'text';

const booleanPairs = typeBit.trueFalse | typeBit.tf | typeBit.yesNo | typeBit.yn | typeBit.onOff;

/** Both words of a pair were seen, as bits of `wordsSeen`. */
const bothWords = 3;

/**
 * The narrowest type that every value of a column fits, by what its values left possible.
 *
 * `wordsSeen` says which words of its pair the column held (1: yes, 2: no): `true` and `false` each speak for
 * themselves, but a column of nothing but `y`, `no` or `on` is more likely a code, so there both must occur.
 */
export function decideType(possible: number, wordsSeen: number): ColumnType {
  if (possible === anyType) return 'text';
  if (possible & typeBit.trueFalse) return 'boolean';
  if (possible & booleanPairs) return wordsSeen === bothWords ? 'boolean' : 'text';
  if (possible & typeBit.integer) return 'integer';
  if (possible & typeBit.bigint) return 'bigint';
  if (possible & typeBit.double) return 'double precision';
  if (possible & typeBit.date) return 'date';
  if (possible & typeBit.timestamp) return 'timestamp without time zone';
  if (possible & typeBit.timestamptz) return 'timestamp with time zone';
  return 'text';
}
