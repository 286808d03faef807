import type { z } from 'zod';

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
  environment: Record<string, string | undefined>,
): Readonly<z.infer<S>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return Object.freeze(result.data);
  throw new EnvironmentError(
    result.error.issues.map((issue) => {
      const name = issue.path.join('.');
      const missing = name !== '' && present[name] === undefined;
      const about = schema.shape[name] as z.ZodType | undefined;
      const description = about?.description === undefined ? '' : ` (${about.description})`;
      return missing ? `${name} is not set${description}` : `${name} is not valid${description}`;
    }),
  );
}
