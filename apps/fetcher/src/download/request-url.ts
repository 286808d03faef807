import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import axios, { type AxiosResponse } from 'axios';
import type { IsPortAllowed } from '../addresses/allowed-ports.js';
import type { AddressRules } from '../addresses/classify-address.js';
import { createPinnedAgent } from '../addresses/pinned-agent.js';
import { resolveHost, type ResolveName } from '../addresses/resolve-host.js';
import { type Credentials, credentialHeaders } from './credentials.js';
import type { HostLimits } from '../politeness/host-limits.js';
import { followRedirect, requestableUrl } from './follow-redirect.js';
import { retryAfterMs } from './retry-after.js';
import { translateRequestError } from './translate-request-error.js';

export interface RequestOptions {
  resolveName: ResolveName;
  addressRules: AddressRules;
  isPortAllowed: IsPortAllowed;
  /** How much is asked of one host at a time. */
  hostLimits: HostLimits;
  /** What every source sees. */
  userAgent: string;
  /** For name, connection and TLS of one request, in milliseconds. */
  connectTimeoutMs: number;
  /** How long the source may stay silent, before the headers and between two pieces of the body, in milliseconds. */
  idleTimeoutMs: number;
  redirectsMax: number;
}

/** What is asked for. */
export interface UrlRequest {
  url: URL;
  /** Beside those that every request has; sent on every hop, so nothing secret. */
  headers?: Readonly<Record<string, string>>;
  /** Sent to their own origin only. @default none */
  credentials?: Credentials | null;
}

export interface Answer {
  response: AxiosResponse<Readable>;
  /** The address that gave it. */
  url: URL;
}

/** So often a host is asked again after it wanted to be left alone for a while. */
const patientAttemptsMax = 3;

/**
 * Sends a GET and follows redirects by hand: every hop waits for its turn at its host, and is resolved, checked and
 * pinned anew. The answer's body is untouched and must be read or destroyed; its turn ends with it.
 *
 * @throws SyncError for everything that is not our own fault; the signal's reason when it aborts.
 */
export async function requestUrl(
  { url, headers = {}, credentials = null }: UrlRequest,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<Answer> {
  let target = requestableUrl(url, options.isPortAllowed);
  for (const visited: string[] = []; ;) {
    visited.push(target.href);
    const hopHeaders = {
      Accept: '*/*',
      'Accept-Encoding': 'identity',
      'User-Agent': options.userAgent,
      ...headers,
      ...credentialHeaders(credentials, target),
    };
    const response = await requestPatiently(target, hopHeaders, options, signal);
    try {
      const location = headerOf(response, 'location');
      const next = followRedirect({ status: response.status, location }, visited, options);
      if (next === null) return { response, url: target };
      target = next;
    } catch (error) {
      response.data.destroy();
      throw error;
    }
    response.data.destroy();
  }
}

/** A header of an answer; the first value where it came twice. */
export function headerOf({ headers }: AxiosResponse, name: string): string | undefined {
  const value: unknown = headers[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** One hop. When the host asks to be left alone for a while, all fetchers wait, and then it is asked again. */
async function requestPatiently(
  url: URL,
  headers: Record<string, string>,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  for (let attempt = 1; ; attempt += 1) {
    const turn = await options.hostLimits.enter(url.host, signal);
    try {
      const response = await requestOnce(url, headers, options, signal);
      if (response.data.destroyed) turn.leave();
      else response.data.once('close', () => turn.leave());
      const pauseMs = retryAfterMs(response.status, headerOf(response, 'retry-after'), Date.now());
      if (pauseMs !== null) await turn.pause(pauseMs);
      if (pauseMs === null || attempt === patientAttemptsMax) return response;
      response.data.destroy();
    } catch (error) {
      turn.leave();
      throw error;
    }
  }
}

/** One request: the connection must stand in time, then the headers must come in time. */
async function requestOnce(
  url: URL,
  headers: Record<string, string>,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  const patience = new AbortController();
  const expire = (timeoutMs: number, what: string): NodeJS.Timeout =>
    setTimeout(
      () => patience.abort(new SyncError('source-timeout', `${what} within ${timeoutMs / 1_000} s`)),
      timeoutMs,
    );
  let timer = expire(options.connectTimeoutMs, 'no connection');
  const onConnected = (): void => {
    clearTimeout(timer);
    timer = expire(options.idleTimeoutMs, 'no answer');
  };
  const either = AbortSignal.any([signal, patience.signal]);
  try {
    const addresses = await unlessAborted(
      resolveHost(url.hostname, options.resolveName, options.addressRules),
      either,
    );
    const agent = createPinnedAgent(url.protocol, addresses, onConnected);
    return await axios.get<Readable>(url.href, {
      headers,
      httpAgent: agent,
      httpsAgent: agent,
      signal: either,
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      proxy: false,
      validateStatus: null,
    });
  } catch (error) {
    either.throwIfAborted();
    throw translateRequestError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise that can't be cancelled, but no longer than the signal allows. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
