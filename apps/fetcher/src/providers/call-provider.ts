import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import axios, { type AxiosResponse } from 'axios';
import type { AllowedNetworks } from '../addresses/classify-address.js';
import { createPinnedAgent } from '../addresses/pinned-agent.js';
import { resolveHost, type ResolveName } from '../addresses/resolve-host.js';
import { classifyNetworkFailure, networkCodeOf } from '../download/classify-network-failure.js';

/** How services are called. */
export interface ProviderCallOptions {
  readonly resolveName: ResolveName;
  /** The address guard holds for services as for every other source. */
  readonly allowedNetworks: AllowedNetworks;
  readonly userAgent: string;
  /** From the call to the end of a small answer, in milliseconds. */
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
  const late = AbortSignal.timeout(options.callTimeoutMs);
  const either = AbortSignal.any([signal, late]);
  try {
    const response = await openProvider(request, options, either);
    return { status: response.status, headers: textHeaders(response), body: await readBody(response.data) };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) {
      throw new SyncError('source-timeout', `no answer within ${options.callTimeoutMs / 1_000} s`);
    }
    throw translateCallError(error);
  }
}

/**
 * Calls a service and leaves the body of its answer to the caller, who reads or destroys it.
 *
 * @throws SyncError when the service cannot be reached; the signal's reason
 */
export async function openProvider(
  { method, url, headers, body }: ProviderRequest,
  { resolveName, allowedNetworks, userAgent }: ProviderCallOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  const target = new URL(url);
  try {
    const addresses = await resolveHost(target.hostname, resolveName, allowedNetworks);
    const agent = createPinnedAgent(target.protocol, addresses, () => undefined);
    return await axios.request<Readable>({
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
  } catch (error) {
    signal.throwIfAborted();
    throw translateCallError(error);
  }
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

async function readBody(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > answerBytesMax) {
      stream.destroy();
      throw new SyncError('source-http-error', 'the answer of the service is too long');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Errors of axios hold the URL and headers, so they end here. */
function translateCallError(error: unknown): Error {
  if (error instanceof SyncError) return error;
  const networkCode = networkCodeOf(error);
  const failure = classifyNetworkFailure(networkCode);
  return failure === null
    ? new Error(`the service could not be called: ${networkCode || 'unknown error'}`)
    : new SyncError(failure.code, failure.detail);
}
