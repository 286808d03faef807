import { explainError } from '../../http/explain-error.js';
import { Refusal } from '../../http/refusal.js';
import { isProblemCode, Problem } from './problem.js';
import type { RequestProblemCode } from './request-problems.js';

/** What a status means where whoever refused said nothing else. */
const codes: Readonly<Record<number, RequestProblemCode>> = {
  401: 'key-invalid',
  403: 'account-disabled',
  404: 'not-found',
  409: 'conflict',
  413: 'body-too-large',
  415: 'media-type-unsupported',
  429: 'too-many-requests',
  503: 'unavailable',
};
/** These say all there is to say by their code: the texts of the framework and of version 1 add nothing. */
const speakForThemselves = new Set<RequestProblemCode>([
  'not-found',
  'body-too-large',
  'media-type-unsupported',
]);

/** The problem behind an error, or `null` when the error is our own fault. */
export function explainProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  const refusal = explainError(error);
  if (refusal === null) return null;
  // What Fastify could not read never got as far as our own refusals.
  if (refusal.statusCode === 400 && !(error instanceof Refusal)) return new Problem('request-malformed');
  return problemOf(refusal);
}

/** What other parts of the api refuse in the words of version 1, as a problem. */
function problemOf({ statusCode, message, extra, headers }: Refusal): Problem {
  const { error: word } = extra;
  if (typeof word === 'string' && isProblemCode(word))
    // A connection that is missing is nothing wrong about the request: it stands in the way of it.
    return new Problem(word, { detail: message, headers, status: statusCode === 400 ? 409 : statusCode });
  const code = codes[statusCode] ?? 'request-refused';
  return new Problem(code, { headers, ...(speakForThemselves.has(code) ? {} : { detail: message }) });
}
