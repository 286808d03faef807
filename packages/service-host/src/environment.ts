import type { z } from 'zod';

/** What a service is given from outside, as `process.env`. */
export type RawEnvironment = Record<string, string | undefined>;

/** Thrown before anything starts, with every problem of the environment at once, by name and never by value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Parses the environment of one service and freezes the result.
 * An empty string counts as not set, as compose files and shells produce it.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong; no value is ever part of it.
 */
export function parseEnvironment<S extends z.ZodObject>(
  schema: S,
  environment: RawEnvironment,
): Readonly<z.infer<S>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return Object.freeze(result.data);
  const problems = result.error.issues.map((issue) => describeIssue(schema, present, issue));
  throw new EnvironmentError([...new Set(problems)]);
}

/** As `parseEnvironment`, for a process of its own: tells the problems on standard error and exits 1. */
export function parseEnvironmentOrExit<S extends z.ZodObject>(
  schema: S,
  environment: RawEnvironment,
): Readonly<z.infer<S>> {
  try {
    return parseEnvironment(schema, environment);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function describeIssue(schema: z.ZodObject, present: RawEnvironment, issue: z.core.$ZodIssue): string {
  const [name] = issue.path;
  // A rule between several variables. Its message is ours; those of the library could repeat a value.
  if (name === undefined)
    return issue.code === 'custom' ? issue.message : 'the variables do not fit together';
  const about = schema.shape[String(name)] as z.ZodType | undefined;
  const description = about?.description === undefined ? '' : ` (${about.description})`;
  const state = present[String(name)] === undefined ? 'is not set' : 'is not valid';
  return `${String(name)} ${state}${description}`;
}
