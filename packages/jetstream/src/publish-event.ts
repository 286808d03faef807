import { type RunEvent, runEventMessageId, type RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';

/**
 * Publishes one event and returns once the stream holds it. Doing so again, with the same run, stores nothing
 * new within the duplicate window; every consumer treats what comes after it as a repetition.
 *
 * @throws when the stream does not confirm; the event may or may not be stored then, so publish it again.
 */
export async function publishEvent<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  event: RunEvent<S>,
): Promise<void> {
  await publishEventOnce(bus, subject, event);
}

/** As `publishEvent`; tells whether this call stored the event, or the stream had one of this run already. */
export async function publishEventOnce<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  event: RunEvent<S>,
): Promise<boolean> {
  const { duplicate } = await bus.client.publish(subject, JSON.stringify(event), {
    msgID: runEventMessageId(subject, event.runId),
    timeout: 5_000,
  });
  return !duplicate;
}
