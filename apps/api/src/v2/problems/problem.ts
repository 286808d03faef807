import { errorCatalogue, type SyncErrorCode } from '@tidetable/contracts';
import { type RequestProblemCode, requestProblems } from './request-problems.js';

export type ProblemCode = RequestProblemCode | SyncErrorCode;

/** A part of a request that is wrong, and what about it. */
export interface WrongPart {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** The name of the parameter or, of a body, the path to the field with dots in between. */
  readonly name: string;
  readonly detail: string;
}

interface ProblemOptions {
  /** What is wrong this time; without it, the sentence of the code. Repeats no value that was sent. */
  readonly detail?: string;
  readonly errors?: readonly WrongPart[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a failure of the catalogue, which has no status of its own. @default 409 */
  readonly status?: number;
}

/** A refused request of `/api/v2`: thrown anywhere, and answered as a problem of RFC 9457. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly WrongPart[] | undefined;

  constructor(
    readonly code: ProblemCode,
    { detail, errors, headers = {}, status = 409 }: ProblemOptions = {},
  ) {
    const { title, sentence } = describeProblem(code);
    super(detail ?? sentence);
    this.title = title;
    this.status = isRequestProblem(code) ? requestProblems[code].status : status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** What every code says of itself, be it of a request or of the catalogue. */
export function describeProblem(code: ProblemCode): { title: string; sentence: string; remedy: string } {
  return isRequestProblem(code) ? requestProblems[code] : errorCatalogue[code];
}

/** Whether a word is the code of a problem at all. */
export function isProblemCode(code: string): code is ProblemCode {
  return isRequestProblem(code) || Object.hasOwn(errorCatalogue, code);
}

function isRequestProblem(code: string): code is RequestProblemCode {
  return Object.hasOwn(requestProblems, code);
}

/** The stable identifier of a problem, which is also the address of the page about it. */
export function problemType(code: ProblemCode): string {
  return `/problems/${code}`;
}

/** A problem as it is sent. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Names this one request, as its log line does. */
  readonly instance: string;
  readonly remedy: string;
  readonly errors?: readonly WrongPart[];
}

/** The body of the answer to one request. */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { code, title, status, message, errors } = problem;
  return {
    type: problemType(code),
    title,
    status,
    detail: message,
    instance: `urn:uuid:${requestId}`,
    remedy: describeProblem(code).remedy,
    ...(errors === undefined ? {} : { errors }),
  };
}

export const problemMediaType = 'application/problem+json';
