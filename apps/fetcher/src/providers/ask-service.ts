import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StorageService, SyncError } from '@tidetable/contracts';
import { AccessTokenRefusedError } from './access-token-refused.js';
import {
  openProvider,
  type ProviderAnswer,
  type ProviderCallOptions,
  type ProviderRequest,
  readBody,
  textHeaders,
} from './call-provider.js';
import { serviceTitles } from './oauth-provider.js';

/** What an answer that is no success means. */
export type Verdict =
  | { readonly meaning: 'token-refused' }
  /** Try again later; `null` where the service does not say when. */
  | { readonly meaning: 'wait'; readonly seconds: number | null; readonly isLimit: boolean }
  | { readonly meaning: 'failed'; readonly error: SyncError };

/** Tells what an answer of a service means; its status is none of those that were asked for. */
export type JudgeAnswer = (answer: ProviderAnswer) => Verdict;

/** One question to a service on behalf of a customer. */
export interface ServiceQuestion {
  readonly service: StorageService;
  readonly request: ProviderRequest;
  readonly accessToken: string;
  readonly judge: JudgeAnswer;
  /** Statuses below 400 that answer the question besides 200 and 206. */
  readonly goodStatuses?: readonly number[];
}

const triesMax = 6;
/** The longest pause that is worth waiting for within a run, in seconds. */
const pauseMaxSeconds = 60;

/** Asks a service and reads its small answer. @throws see `openAnswer` */
export async function askService(
  question: ServiceQuestion,
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  const { status, headers, body } = await openAnswer(question, options, signal);
  return { status, headers, body: await readBody(body) };
}

/** An answer whose body is yet to be read, or destroyed. */
export interface OpenedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/**
 * Asks a service until it answers: limits and troubles of its own are waited for, as long as it says or longer and
 * longer, a few times.
 *
 * @throws AccessTokenRefusedError; SyncError with what the answer means, in the end also that the service limits us
 */
export async function openAnswer(
  { service, request, accessToken, judge, goodStatuses = [] }: ServiceQuestion,
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<OpenedAnswer> {
  const headers = { ...request.headers, Authorization: `Bearer ${accessToken}` };
  for (let tried = 1; ; tried++) {
    const response = await openProvider({ ...request, headers }, options, signal);
    const { status } = response;
    const answered = { status, headers: textHeaders(response), body: response.data };
    if (status === 200 || status === 206 || goodStatuses.includes(status)) return answered;
    const verdict = judge({ ...answered, body: await readBody(response.data) });
    switch (verdict.meaning) {
      case 'token-refused':
        throw new AccessTokenRefusedError(`${service} refused an access token`);
      case 'failed':
        throw verdict.error;
      case 'wait': {
        const seconds = verdict.seconds ?? pauseSeconds(tried);
        if (tried === triesMax || seconds > pauseMaxSeconds) throw waitedEnough(service, verdict, status);
        await sleep(seconds * 1_000, undefined, { signal });
      }
    }
  }
}

/** Doubles from a second on, with up to a second of chance, so that runs that were refused together come apart. */
function pauseSeconds(tried: number): number {
  return Math.min(2 ** (tried - 1), 32) + Math.random();
}

function waitedEnough(
  service: StorageService,
  { seconds, isLimit }: Extract<Verdict, { meaning: 'wait' }>,
  status: number,
): SyncError {
  const title = serviceTitles[service];
  if (!isLimit) return new SyncError('source-server-error', `${title} answered with status ${status}`);
  return new SyncError(
    'source-rate-limited',
    seconds === null ? `${title} limits the requests of this account` : `${title} asks to wait ${seconds} s`,
  );
}

/** Seconds of a `Retry-After` header; `null` when it is missing or a date. */
export function retryAfterSeconds(headers: ProviderAnswer['headers']): number | null {
  const value = headers['retry-after'];
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : null;
}

/** An answer's JSON, of which nothing is taken for granted; an empty object where it is none. */
export function parseAnswer(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
