import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import axios, { type AxiosResponse } from 'axios';
import type { AllowedNetworks } from '../addresses/classify-address.js';
import { createPinnedAgent } from '../addresses/pinned-agent.js';
import { resolveHost, type ResolveName } from '../addresses/resolve-host.js';
import { classifyNetworkFailure, networkCodeOf } from './classify-network-failure.js';
import { followRedirect, requestableUrl } from './follow-redirect.js';

export interface RequestOptions {
  resolveName: ResolveName;
  allowedNetworks: AllowedNetworks;
  /** For name, connection and TLS of one request, in milliseconds. */
  connectTimeoutMs: number;
  /** How long the source may stay silent, before the headers and between two pieces of the body, in milliseconds. */
  idleTimeoutMs: number;
  redirectsMax: number;
}

export interface Answer {
  response: AxiosResponse<Readable>;
  /** The address that gave it. */
  url: URL;
}

/**
 * Sends a GET and follows redirects by hand: every hop is resolved, checked and pinned anew, and gets the same
 * headers. The answer's body is untouched and must be read or destroyed.
 *
 * @throws SyncError for everything that is not our own fault; the signal's reason when it aborts.
 */
export async function requestUrl(
  url: string,
  headers: Record<string, string>,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<Answer> {
  if (!URL.canParse(url)) throw new SyncError('source-scheme-refused');
  let target = requestableUrl(new URL(url));
  for (const visited: string[] = []; ;) {
    visited.push(target.href);
    const response = await requestOnce(target, headers, options, signal);
    try {
      const location = headerOf(response, 'location');
      const next = followRedirect({ status: response.status, location }, visited, options.redirectsMax);
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

/** One hop: the connection must stand in time, then the headers must come in time. */
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
      resolveHost(url.hostname, options.resolveName, options.allowedNetworks),
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

/**
 * An error of axios holds the URL, so it ends here. That of Node below it names an address: it stays as the cause
 * of a SyncError, whose causes are not logged, and is left out where ours would be.
 */
function translateRequestError(error: unknown): Error {
  if (error instanceof SyncError) return error;
  const networkCode = networkCodeOf(error);
  const failure = classifyNetworkFailure(networkCode);
  return failure === null
    ? new Error(`the request could not be made: ${networkCode || 'unknown error'}`)
    : new SyncError(failure.code, failure.detail, { cause: axios.isAxiosError(error) ? error.cause : error });
}
