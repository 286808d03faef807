import { ProblemError, UnreachableError } from './client-errors.js';
import type { Schemas } from './schema.js';

/** The refusal in an answer. Version 1 and proxies refuse in other forms; these become problems without a remedy. */
export function readProblem(response: Response, text: string): ProblemError | UnreachableError {
  const parsed = parse(text);
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now());
  if (typeof parsed?.['type'] === 'string' && typeof parsed['detail'] === 'string')
    return new ProblemError(parsed as unknown as Schemas['Problem'], retryAfterMs);
  if (response.status >= 502) return new UnreachableError(`the server answered ${response.status}`);
  const problem: Schemas['Problem'] = {
    type: `/problems/status-${response.status}`,
    title: 'Refused',
    status: response.status,
    detail: `The server answered ${response.status}.`,
    instance: `urn:uuid:${response.headers.get('x-request-id') ?? ''}`,
    remedy: 'Check the address and what was asked for.',
  };
  return new ProblemError(problem, retryAfterMs);
}

/** Seconds, or a date, as milliseconds from now; null when it is neither. */
function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
