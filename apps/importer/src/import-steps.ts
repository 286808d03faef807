import { runFinishedV1Subject, type RunStagedV1 } from '@tidetable/contracts';
import { type Bus, progressTeller, publishEvent, type TellProgress } from '@tidetable/jetstream';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { StagedFileStore } from '@tidetable/staged-files';
import { traceStep } from '@tidetable/telemetry';
import type { Client } from 'pg';
import { limitsOf } from './account-limits.js';
import type { DestinationSessions, Session } from './destination-sessions.js';
import type { ImportCheckpoint, ImportSteps } from './import-run.js';
import type { ImporterEnv } from './importer.env.js';
import type { ImporterMetrics } from './metrics.js';
import { buildIndexes } from './load/build-indexes.js';
import { loadTable } from './load/load-table.js';
import { RejectedRows } from './load/rejected-rows.js';
import { dropStagingTable } from './load/staging-table.js';
import { openStagedTable } from './open-staged-table.js';
import { reportImport, type StepTimings } from './report-import.js';
import { recallMemory } from './swap/column-memory.js';
import { keepRejected } from './swap/keep-rejected.js';
import { findSwap, type SwapRecord } from './swap/ledger.js';
import { swapTable } from './swap/swap-table.js';

/** What the steps of all imports share. */
export interface ImportResources {
  env: ImporterEnv;
  metrics: ImporterMetrics;
  bus: Bus;
  store: StagedFileStore;
  scheduler: SchedulerClient;
  sessions: DestinationSessions;
  checkpoint(name: ImportCheckpoint): Promise<void>;
}

/** The steps of one import on real resources, with the time each takes. */
export function createImportSteps(resources: ImportResources, fetchMs: number): ImportSteps {
  const { env, bus, store, scheduler, sessions } = resources;
  const timings: StepTimings = { fetchMs, loadMs: 0, indexMs: 0, swapMs: 0 };
  const timed = async <T>(step: 'loadMs' | 'indexMs', work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await traceStep(step === 'loadMs' ? 'load' : 'index', {}, work);
    timings[step] = Math.round(performance.now() - startedAt);
    return result;
  };
  let teller: TellProgress | undefined;
  /** Tells those who watch the run how it gets on. */
  const tell = (run: RunStagedV1, ...[progress]: Parameters<TellProgress>): void =>
    (teller ??= progressTeller(bus, run))({ bytesTotal: run.file.bytes, ...progress });
  const rejected = new RejectedRows();
  let held: Session | undefined;
  /** The connection that holds the run, and does the work: an import of a small file needs no other. */
  const holder = (): Client => {
    if (held === undefined) throw new Error('the run is not held');
    return held.client;
  };

  return {
    holdRun: async (run, signal) => {
      const session = await sessions.open(signal);
      try {
        // Held by the session: it goes with the connection, however that ends.
        await session.client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [run.runId]);
      } catch (error) {
        await session.release();
        throw error;
      }
      held = session;
      return () => session.release();
    },
    findSwap: (run) => findSwap(holder(), run),
    openTable: (run, signal) =>
      openStagedTable(store, run, {
        unpackedBytesMax: env.UNPACKED_BYTES_MAX,
        reader: {
          searchPath: env.PATH,
          memoryMegabytes: env.READER_MEMORY_MB,
          layersMax: limitsOf(env, run.options.limits).layers,
          computingSeconds: Math.ceil(env.IMPORT_TIMEOUT_MS / 1_000),
          signal,
        },
      }),
    loadTable: (run, table, signal) =>
      timed('loadMs', async () => {
        tell(run, { phase: 'loading', rows: 0 });
        const context = {
          runId: run.runId,
          options: run.options,
          limits: limitsOf(env, run.options.limits),
          remembered: await recallMemory(holder(), run.synchronizationId, run.options),
          client: holder(),
          rejection: { rowsAllowed: env.REJECTED_ROWS_ALLOWED, ratioMax: env.REJECTED_ROWS_MAX_RATIO },
          rejected,
          onRows: (rows: number) => tell(run, { phase: 'loading', rows }),
          signal,
        };
        const loaded = await loadTable(table.reader, context);
        return { ...loaded, fileName: table.fileName, remarks: table.remarks() };
      }).finally(table.close),
    buildIndexes: (run, loaded, signal) =>
      timed('indexMs', () => {
        tell(run, { phase: 'indexing', rows: loaded.rows });
        return buildIndexes(run.runId, loaded, holder(), () => sessions.open(signal), env.INDEX_MEMORY_MB);
      }),
    isRunOpen: (run, signal) => scheduler.isRunOpen(run.runId, signal),
    swapTable: (run, loaded, signal) => {
      const startedAt = performance.now();
      tell(run, { phase: 'swapping', rows: loaded.rows });
      const swap = (): Promise<SwapRecord> =>
        swapTable({
          run,
          loaded,
          client: holder(),
          signal,
          isRunOpen: () => scheduler.isRunOpen(run.runId, signal),
          lockTimeoutMs: env.SWAP_LOCK_TIMEOUT_MS,
          patienceMs: env.SWAP_PATIENCE_MS,
          report: (table, tableBytes) => ({
            ...reportImport(loaded, run, table, {
              ...timings,
              swapMs: Math.round(performance.now() - startedAt),
            }),
            tableBytes,
          }),
        });
      return traceStep('swap', {}, swap);
    },
    keepRejectedRows: async (run) => {
      if (rejected.count === 0) return;
      // Not the holder: what made the run fail may have broken it.
      const session = await sessions.open();
      await keepRejected(session.client, run, rejected).finally(() => session.release());
    },
    publishFinished: (event) => publishEvent(bus, runFinishedV1Subject, event),
    dropStagingTable: async (run) => {
      // Not the holder: when the signal broke what was under way, it broke the holder too.
      const session = await sessions.open();
      await dropStagingTable(session.client, run.runId).finally(() => session.release());
    },
    removeStagedFile: (run) => store.remove(run.file.uri),
    checkpoint: (name) => resources.checkpoint(name),
  };
}
