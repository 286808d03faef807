import pg from 'pg';

/**
 * An error as the log may show it. A failed query repeats values in its message and detail, among them URLs that
 * customers gave us, so only its code, constraint and stack frames are kept.
 */
export function describeFailure(error: unknown): Record<string, unknown> {
  if (!(error instanceof pg.DatabaseError)) return { err: error };
  const { code, constraint, table } = error;
  return { errorName: error.name, sqlState: code, constraint, table, stackFrames: framesOf(error) };
}

function framesOf(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
