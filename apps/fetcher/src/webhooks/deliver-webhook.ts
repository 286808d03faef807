import type { Readable } from 'node:stream';
import {
  type DeliverWebhookV1Reply,
  type DeliverWebhookV1Request,
  type DeliveryProblemCode,
  SyncError,
  type SyncErrorCode,
} from '@tidetable/contracts';
import axios, { type AxiosResponse } from 'axios';
import type { IsPortAllowed } from '../addresses/allowed-ports.js';
import type { AddressRules } from '../addresses/classify-address.js';
import { createPinnedAgent } from '../addresses/pinned-agent.js';
import { resolveHost, type ResolveName } from '../addresses/resolve-host.js';
import { requestableUrl } from '../download/follow-redirect.js';
import { headerOf } from '../download/request-url.js';
import { retryAfterMs } from '../download/retry-after.js';
import { translateRequestError } from '../download/translate-request-error.js';

/** Where deliveries may go, and who they say that we are. */
export interface DeliveryOptions {
  resolveName: ResolveName;
  addressRules: AddressRules;
  isPortAllowed: IsPortAllowed;
  userAgent: string;
}

/** So much of an answer is taken before the connection is closed, in bytes: what it says is not looked at. */
const answerBytesMax = 65_536;

/** The failures that sending meets, in the words of deliveries. */
const problems: Partial<Record<SyncErrorCode, DeliveryProblemCode>> = {
  'source-scheme-refused': 'target-scheme-refused',
  'source-port-refused': 'target-port-refused',
  'source-host-unknown': 'target-host-unknown',
  'source-address-refused': 'target-address-refused',
  'source-unreachable': 'target-unreachable',
  'source-tls-invalid': 'target-tls-invalid',
  'source-timeout': 'target-timeout',
  'source-http-error': 'target-http-error',
};

/**
 * Sends one POST: to an address that was checked and is pinned, over a connection of its own, with the certificate verified,
 * and without following where it leads. Takes no longer than it may, whatever the server does.
 *
 * @throws what is our own fault
 */
export async function deliverWebhook(
  request: DeliverWebhookV1Request,
  options: DeliveryOptions,
): Promise<DeliverWebhookV1Reply> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await post(request, options, signal);
    await drain(response, signal);
    const waitMs = retryAfterMs(response.status, headerOf(response, 'retry-after'), Date.now());
    return {
      outcome: 'answered',
      status: response.status,
      ...(waitMs === null ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1_000) }),
    };
  } catch (error) {
    if (signal.aborted) return { outcome: 'failed', code: 'target-timeout' };
    const code = error instanceof SyncError ? problems[error.code] : undefined;
    if (code === undefined) throw error;
    return { outcome: 'failed', code };
  }
}

async function post(
  { url, headers, body }: DeliverWebhookV1Request,
  { resolveName, addressRules, isPortAllowed, userAgent }: DeliveryOptions,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  if (!URL.canParse(url)) throw new SyncError('source-scheme-refused');
  const target = requestableUrl(new URL(url), isPortAllowed);
  const addresses = await unlessAborted(resolveHost(target.hostname, resolveName, addressRules), signal);
  const agent = createPinnedAgent(target.protocol, addresses, () => undefined);
  try {
    return await axios.post<Readable>(target.href, Buffer.from(body, 'utf8'), {
      headers: { accept: '*/*', 'user-agent': userAgent, ...headers },
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
    throw translateRequestError(error);
  }
}

/**
 * Takes the beginning of the answer, so that its server sees it taken, and closes the connection. The status has come by
 * then: whatever happens to the rest changes nothing.
 */
async function drain({ data }: AxiosResponse<Readable>, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  const stop = (): void => void data.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const piece of data as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes >= answerBytesMax) break;
    }
  } catch {
    // The answer broke off, or took too long.
  } finally {
    signal.removeEventListener('abort', stop);
    data.destroy();
  }
}

/** A resolver can't be cancelled, and is not waited for longer than the signal allows. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
