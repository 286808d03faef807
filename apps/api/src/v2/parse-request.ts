import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { EndpointDescription } from './endpoint.js';
import { Problem, type WrongPart } from './problems/problem.js';

/** The parts of a request, each checked against the schema that its endpoint has for it. */
export interface ParsedRequest {
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Checks all parts of a request. Ids that cannot be are answered as those that are not: nobody is told the difference.
 *
 * @throws Problem 400, 404 or 422 that names every part that is wrong, and repeats no value
 */
export function parseRequest(
  { pathSchema, querySchema, bodySchema }: EndpointDescription,
  { params, query, body }: Pick<FastifyRequest, 'params' | 'query' | 'body'>,
): ParsedRequest {
  return {
    path: parse(pathSchema, params, () => new Problem('not-found')),
    query: parse(
      querySchema,
      query ?? {},
      (issues) => new Problem('parameters-invalid', say(issues, 'query')),
    ),
    body: parse(bodySchema, body ?? {}, (issues) => new Problem('fields-invalid', say(issues, 'body'))),
  };
}

function parse(
  schema: z.ZodType | undefined,
  value: unknown,
  refuse: (issues: readonly z.core.$ZodIssue[]) => Problem,
): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuse(result.error.issues);
}

function say(
  issues: readonly z.core.$ZodIssue[],
  place: WrongPart['in'],
): { detail: string; errors: WrongPart[] } {
  const errors = issues.flatMap((issue) =>
    namesIn(issue, place).map((name) => ({ in: place, name, detail: detailOf(issue) })),
  );
  return { errors, detail: errors.map(({ name, detail }) => `${name}: ${detail}.`).join(' ') };
}

/** How long the name of something unknown may be to be repeated, in characters: it is the client's own text. */
const unknownNameCharactersMax = 64;

function namesIn(issue: z.core.$ZodIssue, place: WrongPart['in']): string[] {
  // A parameter is one text, whatever is made of it.
  if (issue.code !== 'unrecognized_keys')
    return [issue.path.slice(0, place === 'body' ? undefined : 1).join('.')];
  return issue.keys.map((key) => [...issue.path, key.slice(0, unknownNameCharactersMax)].join('.'));
}

function detailOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? 'is not known here' : issue.message;
}

/** The object in a body, nothing for an empty one. @throws Problem 400 */
export function parseJsonBody(bytes: Buffer): object | undefined {
  if (bytes.length === 0) return undefined;
  const value = parseJson(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('body-malformed');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the text, which may hold a key.
    throw new Problem('body-malformed');
  }
}
