import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import axios, { type AxiosResponse } from 'axios';
import type { AddressRules } from '../addresses/classify-address.js';
import { createPinnedAgent } from '../addresses/pinned-agent.js';
import { resolveHost, type ResolveName } from '../addresses/resolve-host.js';
import { translateRequestError } from '../download/translate-request-error.js';

/** How services are called. */
export interface ProviderCallOptions {
  readonly resolveName: ResolveName;
  /** The address guard holds for services as for every other source. */
  readonly addressRules: AddressRules;
  readonly userAgent: string;
  /** From the call to the end of a small answer, or to the beginning of another, in milliseconds. */
  readonly callTimeoutMs: number;
}

/** One request to a service; redirects are never followed here, since they lead to other origins. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As it goes over the wire. */
  readonly body?: string;
}

/** A small answer, read whole. */
export interface ProviderAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** More than any answer about a file, or a page of a listing, has. */
const answerBytesMax = 8 * 1024 * 1024;

/**
 * Calls a service and reads its answer, whatever its status.
 *
 * @throws SyncError when the service cannot be reached or does not answer in time; the signal's reason
 */
export async function callProvider(
  request: ProviderRequest,
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  return inTime(options.callTimeoutMs, signal, async (either) => {
    const response = await sendRequest(request, options, either);
    return {
      status: response.status,
      headers: textHeaders(response),
      body: await readBody(response.data, options.callTimeoutMs),
    };
  });
}

/**
 * Calls a service and leaves the body of its answer to the caller, who reads or destroys it.
 *
 * @throws SyncError when the service cannot be reached or does not begin to answer in time; the signal's reason
 */
export async function openProvider(
  request: ProviderRequest,
  options: ProviderCallOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  return inTime(options.callTimeoutMs, signal, (either) => sendRequest(request, options, either));
}

/** Works with a signal that aborts when the time is over, unless the work is done by then. */
async function inTime<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const overdue = new SyncError('source-timeout', `no answer within ${timeoutMs / 1_000} s`);
  const timer = setTimeout(() => late.abort(overdue), timeoutMs);
  const either = AbortSignal.any([signal, late.signal]);
  try {
    either.throwIfAborted();
    return await work(either);
  } catch (error) {
    either.throwIfAborted();
    throw translateRequestError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function sendRequest(
  { method, url, headers, body }: ProviderRequest,
  { resolveName, addressRules, userAgent }: ProviderCallOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  const target = new URL(url);
  const addresses = await resolveHost(target.hostname, resolveName, addressRules);
  const agent = createPinnedAgent(target.protocol, addresses, () => undefined);
  return axios.request<Readable>({
    method,
    url: target.href,
    headers: { 'User-Agent': userAgent, 'Accept-Encoding': 'identity', ...headers },
    ...(body === undefined ? {} : { data: Buffer.from(body) }),
    // What a body is, the caller says; axios would call it a form.
    transformRequest: [(data: unknown) => data],
    httpAgent: agent,
    httpsAgent: agent,
    signal,
    responseType: 'stream',
    decompress: false,
    maxRedirects: 0,
    proxy: false,
    validateStatus: null,
  });
}

/** The headers of an answer as text; the first value where one came twice. */
export function textHeaders({ headers }: AxiosResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]): [string, unknown] => [
        name.toLowerCase(),
        Array.isArray(value) ? value[0] : value,
      ])
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Reads an answer whole. @throws SyncError when it takes too long, breaks off, or is longer than any small answer is */
export async function readBody(stream: Readable, timeoutMs: number): Promise<string> {
  const overdue = new SyncError('source-timeout', `no whole answer within ${timeoutMs / 1_000} s`);
  const timer = setTimeout(() => stream.destroy(overdue), timeoutMs);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > answerBytesMax) {
        throw new SyncError('source-http-error', 'the answer of the service is too long');
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof SyncError
      ? error
      : new SyncError('source-truncated', `after ${length} bytes`, { cause: error });
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}
