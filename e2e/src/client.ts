import type {
  CreatedSynchronizationDto,
  SyncNowDto,
  SynchronizationDto,
  SynchronizationState,
} from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import type { System } from './system.js';

/** A customer: talks to the API as the guide describes it, and nothing else. */
export interface Customer {
  create(body: Record<string, unknown>): Promise<CreatedSynchronizationDto>;
  show(id: string): Promise<SynchronizationDto>;
  syncNow(id: string): Promise<SyncNowDto>;
  remove(id: string): Promise<number>;
  /** Polls until the synchronization rests in that state, and returns the record. */
  settled(id: string, state: 'success' | 'failure'): Promise<SynchronizationDto>;
  /** Asks for a refresh, retrying while the last one is being recorded, and waits for its end. */
  refresh(id: string, state?: 'success' | 'failure'): Promise<SynchronizationDto>;
}

const endStates: readonly SynchronizationState[] = ['success', 'failure'];
const settleTimeoutMs = 45_000;

export function customerOf(system: System): Customer {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${system.apiUrl}/api/v1/synchronizations${path}?api_key=${system.apiKey}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const json = async <T>(response: Response): Promise<T> => {
    if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const show = async (id: string): Promise<SynchronizationDto> => json(await call('GET', `/${id}`));
  const settled: Customer['settled'] = async (id, state) => {
    const record = await waitFor(
      async () => {
        const seen = await show(id);
        return endStates.includes(seen.state) ? seen : null;
      },
      { timeoutMs: settleTimeoutMs, until: `the synchronization ended as ${state}` },
    );
    if (record.state !== state) throw new Error(`it ended as ${record.state}: ${record.error_message}`);
    return record;
  };
  const syncNow = async (id: string): Promise<SyncNowDto> => json(await call('PUT', `/${id}/sync_now`));
  return {
    create: async (body) => json(await call('POST', '', body)),
    show,
    syncNow,
    remove: async (id) => (await call('DELETE', `/${id}`)).status,
    settled,
    refresh: async (id, state = 'success') => {
      await waitFor(async () => (await syncNow(id)).enqueued);
      return settled(id, state);
    },
  };
}
