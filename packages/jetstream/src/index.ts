export {
  BusLostError,
  closeConnection,
  connectBus,
  natsConnectionOptions,
  type Bus,
  type BusLog,
} from './bus.js';
export { ClosedRuns, RunClosedError, tellRunClosed } from './closed-runs.js';
export { consumeBatches, type BatchOptions } from './consume-batches.js';
export { consumeEvents, type ConsumeOptions, type Consumption } from './consume-events.js';
export { FeedListener, type OnFeedMessage } from './feed-listener.js';
export { progressTeller, tellFeed, type TellProgress } from './feed.js';
export { type BatchedEvent } from './handle-batch.js';
export { type Delivery } from './handle-message.js';
export { NotConfirmedError, publishEvent, publishEventOnce, publishEvents } from './publish-event.js';
export { ensureConsumer, ensureStream, streamName } from './stream.js';
