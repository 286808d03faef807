/**
 * All workers of an installation as one process that does no work: whatever is requested has started and, unchanged, ended
 * at once. Arguments: the address of NATS. Told `report`, it says of each run when its request came, since it was last asked.
 */
import process from 'node:process';
import { connectBus, consumeBatches, publishEvents } from '@tidetable/jetstream';
import { numberOf } from './seed-synchronizations.mjs';

const silent = { info() {}, warn: console.error, error: console.error };
const bus = await connectBus(process.argv[2], 'instant-workers', silent);
const source = { etag: '"1"', lastModified: null, sha256: '1'.repeat(64), bytes: 42 };
let arrivals = [];

await consumeBatches(bus, ['sync.run.requested.v1'], {
  eventsMax: 500,
  gatherMs: 5,
  concurrency: 2,
  ackWaitMs: 10_000,
  retryDelayMs: () => 1_000,
  handle: async (batch) => {
    const arrivedAt = Date.now();
    const at = new Date(arrivedAt).toISOString();
    const references = batch.map(({ event: { runId, synchronizationId, runNumber } }) => {
      arrivals.push([numberOf(synchronizationId), arrivedAt]);
      return { runId, synchronizationId, runNumber };
    });
    const results = await Promise.all([
      publishEvents(
        bus,
        'sync.run.started.v1',
        references.map((reference) => ({ ...reference, startedAt: at })),
      ),
      publishEvents(
        bus,
        'sync.run.finished.v1',
        references.map((reference) => ({
          ...reference,
          finishedAt: at,
          outcome: 'unchanged',
          unchangedBy: 'validator',
          source,
        })),
      ),
    ]);
    return references.map((_, n) => results[0][n] ?? results[1][n]);
  },
});

process.on('message', () => {
  process.send(arrivals);
  arrivals = [];
});
process.on('disconnect', () => process.exit());
process.send('ready');
