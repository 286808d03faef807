import type { ImportOptions, PlanSourceV1Reply, PlanSourceV1Request } from '@tidetable/contracts';
import type { ImporterClient } from '@tidetable/scheduler-client';
import type { StagedFileStore } from '@tidetable/staged-files';
import type { Credentials } from '../download/credentials.js';
import type { FetcherEnv } from '../fetcher.env.js';
import { removeAttempt } from '../sources/attempt-file.js';
import { fetchSource, type SourceConnectors } from '../sources/fetch-source.js';
import { givenCredentials } from './given-credentials.js';

/** What planning needs. */
export interface PlanPorts {
  readonly env: Pick<
    FetcherEnv,
    | 'CREDENTIALS_OVER_HTTP'
    | 'DOWNLOAD_TIMEOUT_MS'
    | 'FILE_BYTES_MAX'
    | 'PLAN_CONCURRENCY'
    | 'PLAN_FILE_BYTES_MAX'
  >;
  readonly store: StagedFileStore;
  readonly importers: Pick<ImporterClient, 'planFile'>;
  /** The connectors of the runs. */
  readonly sources: SourceConnectors;
  /** The same with requests for a URL that carry this. */
  readonly sourcesWith: (given: Credentials) => SourceConnectors;
}

/**
 * Fetches a source as a run does, has it read, and removes it whatever happens. Its file is named as that of a run which
 * is over: should this process die, it is swept like any other.
 *
 * @throws SyncError when a run would fail; ImporterSilentError; the signal's reason; whatever the store throws
 */
export async function planSource(
  request: PlanSourceV1Request,
  { env, store, importers, sources, sourcesWith }: PlanPorts,
  signal: AbortSignal,
): Promise<PlanSourceV1Reply> {
  const startedAt = performance.now();
  const given = givenCredentials(request, { isHttpAllowed: env.CREDENTIALS_OVER_HTTP });
  if (typeof given === 'string') return { outcome: given };
  const { planId, source, synchronizationId } = request;
  const attempt = { runId: planId, number: 1 };
  const options = limited(request.options, env);
  try {
    const fetched = await fetchSource(
      { source, previous: null, askedBy: 'hand', options },
      attempt,
      given === null ? sources : sourcesWith(given),
      store,
      { downloadTimeoutMs: env.DOWNLOAD_TIMEOUT_MS, isForced: true },
      signal,
    );
    if (!fetched.isChanged) throw new Error('a source was called unchanged that was wanted whatever it is');
    const { file, fileName } = fetched;
    const spentMs = performance.now() - startedAt;
    const timeoutMs = Math.max(1, Math.round(request.timeoutMs - spentMs));
    return await importers.planFile(
      { planId, file, fileName, options, synchronizationId, timeoutMs },
      signal,
    );
  } finally {
    await removeAttempt(store, attempt);
  }
}

/** A plan fetches no longer file than a run of the account would, and none that is long to wait for. */
function limited(options: ImportOptions, env: PlanPorts['env']): ImportOptions {
  const ofRuns = options.limits?.fileBytes ?? env.FILE_BYTES_MAX;
  return { ...options, limits: { ...options.limits, fileBytes: Math.min(ofRuns, env.PLAN_FILE_BYTES_MAX) } };
}
