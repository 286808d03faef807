import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from './problems/problem.js';

const cursorCharactersMax = 1_024;

/**
 * A place in a list, as opaque text. It holds the sort key of the last row that was shown and a fingerprint of the list's
 * filters; it opens nothing, as every question also names the account of the key.
 */
export function writeCursor(list: unknown, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(list), ...position]), 'utf8').toString('base64url');
}

/** The position in a cursor of this list. @throws Problem 400 when it is of another list, or none of ours */
export function readCursor<Position extends z.ZodTuple>(
  list: unknown,
  cursor: string,
  position: Position,
): z.output<Position> {
  const parsed = z.tuple([z.literal(fingerprint(list))], z.unknown()).safeParse(decode(cursor));
  const read = position.safeParse(parsed.data?.slice(1));
  if (!read.success) throw new Problem('cursor-invalid');
  return read.data;
}

function decode(cursor: string): unknown {
  if (cursor.length > cursorCharactersMax || !/^[\w-]+$/.test(cursor)) return null;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function fingerprint(list: unknown): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 8);
}
