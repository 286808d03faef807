import { type RunEvent, runEventMessageId, type RunEventSubject } from '@tidetable/contracts';
import { createInbox, headers, type Msg } from '@nats-io/nats-core';
import type { Bus } from './bus.js';
import { presentTraceHeaders } from './trace-headers.js';

/** How long the stream may take to confirm, in milliseconds. */
const confirmMsMax = 5_000;

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
  const traceHeaders = presentTraceHeaders();
  const { duplicate } = await bus.client.publish(subject, JSON.stringify(event), {
    ...(traceHeaders === undefined ? {} : { headers: traceHeaders }),
    msgID: runEventMessageId(subject, event.runId),
    timeout: confirmMsMax,
  });
  return !duplicate;
}

/** The stream has not confirmed an event: what it answered, or that it did not answer in time. */
export class NotConfirmedError extends Error {
  override readonly name = 'NotConfirmedError';
}

/**
 * Publishes many events at once, with all confirmations under way at the same time, in the order given. Answers for each
 * whether the stream holds it now: `null`, or why that is not known, and then it may be stored or not, so publish it again.
 *
 * `traceParents` are the traces that the events belong to, in the same order.
 *
 * One subscription and one timer serve all, which a request for each would make each time: that costs three times as much.
 */
export async function publishEvents<S extends RunEventSubject>(
  { connection }: Bus,
  subject: S,
  events: readonly RunEvent<S>[],
  traceParents: readonly (string | null)[] = [],
): Promise<(NotConfirmedError | null)[]> {
  const results: (NotConfirmedError | null)[] = events.map(() => new NotConfirmedError('no answer in time'));
  const inbox = createInbox();
  let open = events.length;
  let timer: NodeJS.Timeout | undefined;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
    timer = setTimeout(resolve, confirmMsMax);
  });
  const answers = connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error !== null) return settle();
      results[Number(message.subject.slice(inbox.length + 1))] = refusalIn(message);
      open -= 1;
      if (open === 0) settle();
    },
  });
  try {
    events.forEach((event, at) => {
      const messageHeaders = presentTraceHeaders(traceParents[at] ?? undefined) ?? headers();
      messageHeaders.set('Nats-Msg-Id', runEventMessageId(subject, event.runId));
      connection.publish(subject, JSON.stringify(event), {
        headers: messageHeaders,
        reply: `${inbox}.${at}`,
      });
    });
    if (open > 0) await settled;
  } finally {
    clearTimeout(timer);
    answers.unsubscribe();
  }
  return results;
}

/** What is wrong with an answer: `null` where the stream says where it put the event. */
function refusalIn(answer: Msg): NotConfirmedError | null {
  const { stream, error } =
    answer.data.length === 0 ? {} : answer.json<{ stream?: string; error?: object }>();
  if (stream !== undefined && error === undefined) return null;
  return new NotConfirmedError(error === undefined ? 'no stream takes it' : 'the stream refused it', {
    cause: error,
  });
}
