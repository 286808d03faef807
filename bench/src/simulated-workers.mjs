/**
 * All fetchers and importers of an installation as one process that downloads nothing: what is requested ends as `fate`
 * says, after as long as it says, and is acknowledged when its end is published, as a worker's is. Killed in the middle,
 * its runs are delivered again. Arguments: the address of NATS.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBus, consumeEvents, publishEvent } from '@tidetable/jetstream';
import { fateOf } from './fate.mjs';
import { numberOf } from './seed-synchronizations.mjs';

const silent = { info() {}, warn() {}, error: console.error };
const bus = await connectBus(process.argv[2], 'simulated-workers', silent);
const source = { etag: '"1"', lastModified: null, sha256: '1'.repeat(64), bytes: 42 };

await consumeEvents(bus, 'sync.run.requested.v1', {
  concurrency: 256,
  ackWaitMs: 5_000,
  deliveriesMax: 100,
  retryDelayMs: () => 1_000,
  exhausted: async () => undefined,
  handle: async ({ runId, synchronizationId, runNumber }) => {
    const reference = { runId, synchronizationId, runNumber };
    await publishEvent(bus, 'sync.run.started.v1', { ...reference, startedAt: new Date().toISOString() });
    const { tookMs, failure } = fateOf(numberOf(synchronizationId), runNumber);
    if (tookMs > 0) await sleep(tookMs);
    const ended = { ...reference, finishedAt: new Date().toISOString() };
    await publishEvent(
      bus,
      'sync.run.finished.v1',
      failure === null
        ? { ...ended, outcome: 'unchanged', unchangedBy: 'validator', source }
        : { ...ended, outcome: 'failed', failure: { code: failure, detail: null } },
    );
  },
});
process.on('disconnect', () => process.exit());
process.send('ready');
