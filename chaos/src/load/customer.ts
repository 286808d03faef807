import { type ChaosAccount } from '../system/start-system.js';

/** What the api shows of a synchronization, as far as the load looks at it. */
export interface ShownSynchronization {
  readonly id: string;
  readonly url: string;
  readonly state: string;
}

/** A customer who uses the api as it comes: an answer, or `null` when there was none worth having. */
export interface Customer {
  readonly account: ChaosAccount;
  create(body: Record<string, unknown>): Promise<{ id: string } | null>;
  list(): Promise<readonly ShownSynchronization[] | null>;
  syncNow(id: string): Promise<boolean>;
  change(id: string, body: Record<string, unknown>): Promise<boolean>;
  /** The status of the answer, 0 without one. */
  remove(id: string): Promise<number>;
  /** How many requests were answered as they ought to be, and how many were not. */
  counts(): { answered: number; failed: number };
}

const requestTimeoutMs = 5_000;

/** Requests go to each process of the api in turn, as through a load balancer that knows nothing of their health. */
export function customerOf(account: ChaosAccount, apiUrls: readonly string[]): Customer {
  const counts = { answered: 0, failed: 0 };
  const call = async (method: string, path: string, body?: unknown): Promise<Response | null> => {
    const url = `${apiUrls[(counts.answered + counts.failed) % apiUrls.length]}/api/v1/synchronizations${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${account.apiKey}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(requestTimeoutMs),
    }).catch(() => null);
    counts[response !== null && response.status < 500 ? 'answered' : 'failed'] += 1;
    return response;
  };
  const json = async <T>(response: Response | null): Promise<T | null> =>
    response?.ok ? ((await response.json().catch(() => null)) as T | null) : null;
  return {
    account,
    create: async (body) => json(await call('POST', '', body)),
    list: async () =>
      (await json<{ synchronizations: ShownSynchronization[] }>(await call('GET', '')))?.synchronizations ??
      null,
    syncNow: async (id) => (await call('PUT', `/${id}/sync_now`))?.ok ?? false,
    change: async (id, body) => (await call('PUT', `/${id}`, body))?.ok ?? false,
    remove: async (id) => (await call('DELETE', `/${id}`))?.status ?? 0,
    counts: () => counts,
  };
}
