import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EnvironmentError, parseEnvironment } from './environment.js';

const schema = z
  .object({
    DATABASE_URL: z.url().describe('where the database is'),
    PORT: z.coerce.number().int().max(65_535).default(8080),
    LEVEL: z.enum(['info', 'debug']).default('info'),
  })
  .refine((env) => env.PORT !== 1 || env.LEVEL === 'debug', { message: 'PORT 1 is for debugging only' });

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseEnvironment(schema, environment);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment of a service', () => {
  it('is parsed, completed with defaults, and frozen', () => {
    const env = parseEnvironment(schema, { DATABASE_URL: 'postgres://db/x', PORT: '99', UNRELATED: 'x' });
    expect(env).toEqual({ DATABASE_URL: 'postgres://db/x', PORT: 99, LEVEL: 'info' });
    expect(Object.isFrozen(env)).toBe(true);
  });

  it('takes an empty string for not set', () => {
    expect(parseEnvironment(schema, { DATABASE_URL: 'postgres://db/x', PORT: '' }).PORT).toBe(8080);
    expect(problemsOf({ DATABASE_URL: '' })).toEqual(['DATABASE_URL is not set (where the database is)']);
  });

  it('reports every problem at once, by name', () => {
    expect(problemsOf({ PORT: 'http', LEVEL: 'loud' })).toEqual([
      'DATABASE_URL is not set (where the database is)',
      'PORT is not valid',
      'LEVEL is not valid',
    ]);
  });

  it('reports what does not fit together in our own words', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://db/x', PORT: '1' })).toEqual([
      'PORT 1 is for debugging only',
    ]);
  });

  it.each<Record<string, string>>([
    { DATABASE_URL: 'hunter2-not-a-url' },
    { DATABASE_URL: 'postgres://db/x', PORT: 'hunter2' },
    { DATABASE_URL: 'postgres://db/x', LEVEL: 'hunter2' },
  ])('never repeats a value (%#)', (environment) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('hunter2');
  });
});
