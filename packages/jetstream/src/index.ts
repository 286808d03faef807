export {
  BusLostError,
  closeConnection,
  connectBus,
  natsConnectionOptions,
  type Bus,
  type BusLog,
} from './bus.js';
export { consumeEvents, type ConsumeOptions, type Consumption } from './consume-events.js';
export { type Delivery } from './handle-message.js';
export { publishEvent, publishEventOnce } from './publish-event.js';
export { ensureConsumer, ensureStream, streamName } from './stream.js';
