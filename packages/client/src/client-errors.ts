import type { Schemas } from './schema.js';

/** The server refused a request, and says why and what to do (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The last part of the problem's type; it never changes its meaning. */
  readonly code: string;
  /** Names the request, as the log of the server does; null when the server did not say. */
  readonly requestId: string | null;

  constructor(
    readonly problem: Schemas['Problem'],
    /** How long the server asks to wait; null when it does not. */
    readonly retryAfterMs: number | null,
  ) {
    super(problem.detail);
    this.code = problem.type.split('/').at(-1) ?? '';
    this.requestId = problem.instance?.replace(/^urn:uuid:/, '') ?? null;
  }
}

/** No answer that could be understood: nobody listens, the time was over, or something else listens. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
