import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StorageService, SyncError } from '@tidetable/contracts';
import { retryAfterMs } from '../download/retry-after.js';
import type { HostLimits, Turn } from '../politeness/host-limits.js';
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
import { isWorthAnotherTry, pauseMs } from './pause-between-tries.js';

/** How services are asked. */
export interface ServiceCallOptions extends ProviderCallOptions {
  /** How much is asked of one host at a time, here for each account: services limit accounts, not addresses. */
  readonly hostLimits: HostLimits;
  /** Rest before the second try where a service does not say how long, in milliseconds; doubles. @default 1000 */
  readonly firstPauseMs?: number;
}

/** On whose behalf a service is asked. */
export interface ServiceAccess {
  /** Whose limits are looked after; `null` while nobody is connected yet. */
  readonly accountId: string | null;
  /** `null` where the address itself is the permission. */
  readonly accessToken: string | null;
}

/** What an answer that is no success means. */
export type Verdict =
  | { readonly meaning: 'token-refused' }
  /** Try again later; `null` where the service does not say when. */
  | { readonly meaning: 'wait'; readonly waitMs: number | null; readonly isLimit: boolean }
  | { readonly meaning: 'failed'; readonly error: SyncError };

/** Tells what an answer of a service means; its status is none of those that were asked for. */
export type JudgeAnswer = (answer: ProviderAnswer) => Verdict;

/** One question to a service. */
export interface ServiceQuestion {
  readonly service: StorageService;
  readonly request: ProviderRequest;
  readonly access: ServiceAccess;
  readonly judge: JudgeAnswer;
  /** Statuses that answer the question besides 200. @default none */
  readonly goodStatuses?: readonly number[];
}

/** An answer whose body is yet to be read, or destroyed; its turn at the host ends with it. */
export interface OpenedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** Asks a service and reads its small answer. @throws see `openAnswer` */
export async function askService(
  question: ServiceQuestion,
  options: ServiceCallOptions,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  const { status, headers, body } = await openAnswer(question, options, signal);
  try {
    return { status, headers, body: await readBody(body, options.callTimeoutMs) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * Asks a service until it answers: limits and troubles of its own are waited for, as long as it says, or longer and
 * longer, a few times. What it asks for is heeded by everybody who asks on behalf of the same account.
 *
 * @throws AccessTokenRefusedError; SyncError with what the answer means, in the end also who limits us; the signal's
 * reason
 */
export async function openAnswer(
  question: ServiceQuestion,
  options: ServiceCallOptions,
  signal: AbortSignal,
): Promise<OpenedAnswer> {
  const { service, access } = question;
  const host = `${new URL(question.request.url).host} ${access.accountId ?? ''}`;
  let refusal: SyncError | null = null;
  for (let tried = 1; ; tried += 1) {
    const turn = await enter(host, service, refusal, options.hostLimits, signal);
    const result = await tryOnce(question, turn, options, signal);
    if ('answer' in result) return result.answer;
    refusal = result.refusal;
    if (!isWorthAnotherTry(tried, refusal.code)) throw refusal;
    // What the service has said the next turn waits for.
    if (!result.isToldWhen) await sleep(pauseMs(tried, options.firstPauseMs), undefined, { signal });
  }
}

/** A turn; when it can't be had in time, that is told in the words of what stood in the way before, if anything did. */
async function enter(
  host: string,
  service: StorageService,
  refusal: SyncError | null,
  hostLimits: HostLimits,
  signal: AbortSignal,
): Promise<Turn> {
  try {
    return await hostLimits.enter(host, signal);
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'source-rate-limited') throw error;
    const { code, detail = '', retryAfterSeconds } = error;
    throw refusal ?? new SyncError(code, `${serviceTitles[service]}: ${detail}`, { retryAfterSeconds });
  }
}

type Tried =
  | { readonly answer: OpenedAnswer }
  /** To be thrown unless another try is worth it. */
  | { readonly refusal: SyncError; readonly isToldWhen: boolean };

async function tryOnce(
  question: ServiceQuestion,
  turn: Turn,
  options: ServiceCallOptions,
  signal: AbortSignal,
): Promise<Tried> {
  const { service, judge } = question;
  let isTurnOver = true;
  try {
    const sent = await send(question, options, signal);
    if (sent instanceof SyncError) return { refusal: sent, isToldWhen: false };
    if ('opened' in sent) {
      isTurnOver = sent.opened.body.destroyed;
      sent.opened.body.once('close', () => turn.leave());
      return { answer: sent.opened };
    }
    const verdict = judge(sent.refused);
    if (verdict.meaning === 'failed') throw verdict.error;
    if (verdict.meaning === 'token-refused') {
      throw new AccessTokenRefusedError(`${service} refused an access token`);
    }
    if (verdict.waitMs !== null) await turn.pause(verdict.waitMs);
    return {
      refusal: refusalOf(service, verdict, sent.refused.status),
      isToldWhen: verdict.waitMs !== null,
    };
  } finally {
    if (isTurnOver) turn.leave();
  }
}

/** Sends the question: what it is answered with, or why there is no answer now. @throws what another try won't mend */
async function send(
  { request, access, goodStatuses = [] }: ServiceQuestion,
  options: ServiceCallOptions,
  signal: AbortSignal,
): Promise<{ opened: OpenedAnswer } | { refused: ProviderAnswer } | SyncError> {
  const token: Record<string, string> =
    access.accessToken === null ? {} : { Authorization: `Bearer ${access.accessToken}` };
  try {
    const response = await openProvider(
      { ...request, headers: { ...request.headers, ...token } },
      options,
      signal,
    );
    const { status, data: body } = response;
    const headers = textHeaders(response);
    if (status === 200 || goodStatuses.includes(status)) return { opened: { status, headers, body } };
    return { refused: { status, headers, body: await readBody(body, options.callTimeoutMs) } };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SyncError && isWorthAnotherTry(1, error.code)) return error;
    throw error;
  }
}

function refusalOf(
  service: StorageService,
  { waitMs, isLimit }: Extract<Verdict, { meaning: 'wait' }>,
  status: number,
): SyncError {
  const title = serviceTitles[service];
  const seconds = waitMs === null ? 0 : Math.ceil(waitMs / 1_000);
  const told = seconds > 0 ? { retryAfterSeconds: seconds } : {};
  if (!isLimit) {
    return new SyncError('source-server-error', `${title} answered with status ${status}`, told);
  }
  const detail =
    seconds > 0 ? `${title} asks to wait ${seconds} s` : `${title} limits the requests of this account`;
  return new SyncError('source-rate-limited', detail, told);
}

/** How long an answer asks to be left alone, in milliseconds; `null` when it does not say. */
export function toldWaitMs({ headers }: Pick<ProviderAnswer, 'headers'>): number | null {
  // Services say so with other statuses as well.
  return retryAfterMs(429, headers['retry-after'], Date.now());
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
