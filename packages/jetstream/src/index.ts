export { connectBus, natsConnectionOptions, type Bus, type BusLog } from './bus.js';
export { consumeEvents, type ConsumeOptions, type Consumption, type Delivery } from './consume-events.js';
export { publishEvent } from './publish-event.js';
export { ensureConsumer, ensureStream, streamName } from './stream.js';
