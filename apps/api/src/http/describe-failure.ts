import { QueryFailedError } from 'typeorm';

/**
 * An error as the log may show it. A failed query carries its parameters and repeats values in its message, among
 * them URLs that customers gave us, so only its code, constraint and stack frames are kept.
 */
export function describeFailure(error: unknown): Record<string, unknown> {
  if (!(error instanceof QueryFailedError)) return { err: error };
  const { code, constraint, table } = error.driverError as {
    code?: string;
    constraint?: string;
    table?: string;
  };
  return { errorName: error.name, sqlState: code, constraint, table, stackFrames: framesOf(error) };
}

function framesOf(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
