import type { JsMsg } from '@nats-io/jetstream';
import { type RunEvent, runEventSchemas, type RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';

/**
 * The event that a message holds. Every event is parsed when it arrives: what a type promises, only a schema proves.
 * What is no event never will be one, so it is terminated and logged, and the answer is `null`.
 */
export function parseMessage<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  message: JsMsg,
): RunEvent<S> | null {
  try {
    return runEventSchemas[subject].parse(message.json()) as RunEvent<S>;
  } catch {
    bus.log.error({ subject, streamSequence: message.seq }, 'event could not be parsed and was dropped');
    message.term();
    return null;
  }
}
