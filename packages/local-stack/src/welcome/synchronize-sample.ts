import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from '../local-stack-error.js';

/** The API, as one account sees it. */
export interface ApiAccess {
  apiUrl: string;
  apiKey: string;
}

/** The fields of a synchronization that matter here. */
interface Synchronization {
  id: string;
  name: string | null;
  url: string;
  state: string;
  error_message: string | null;
}

const timeoutMs = 60_000;
const pollMs = 150;

/**
 * Resolves with the name of the sample's table once that holds the file. With `mayCreate` it has the sample synchronized
 * by way of the API, as any client would, unless the account does so already; without, it resolves with undefined when
 * the account does not, since somebody will have ended that on purpose.
 */
export async function synchronizeSample(
  api: ApiAccess,
  sampleUrl: string,
  mayCreate: boolean,
): Promise<string | undefined> {
  const existing = await call<{ synchronizations: Synchronization[] }>(api, 'GET', '');
  const found = existing.synchronizations.find((synchronization) => synchronization.url === sampleUrl);
  if (!found && !mayCreate) return undefined;
  const { id } = found ?? (await call<Synchronization>(api, 'POST', '', { url: sampleUrl, interval: 3600 }));
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { name, state, error_message } = await call<Synchronization>(api, 'GET', `/${id}`);
    // A table that an earlier start filled may be shown while it is being refreshed.
    if (name && (state === 'success' || found)) return name;
    if (state === 'failure') throw sampleFailed(`ended with: ${error_message ?? 'no message'}`);
    if (performance.now() > deadline) throw sampleFailed(`is still ${state} after ${timeoutMs / 1000} s`);
    await delay(pollMs);
  }
}

async function call<T>(
  { apiUrl, apiKey }: ApiAccess,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${apiUrl}/api/v1/synchronizations${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw sampleFailed(`was answered by ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

function sampleFailed(what: string): LocalStackError {
  return new LocalStackError(
    'sample-failed',
    `The synchronization of the sample file ${what}. See the services' logs.`,
  );
}
