import {
  type RunEvent,
  type RunEventSubject,
  runFinishedV1Subject,
  runStagedV1Subject,
  runStartedV1Subject,
} from '@tidetable/contracts';
import { type Bus, consumeEvents } from '@tidetable/jetstream';

/** What the fetcher has told the scheduler and the importer, in the order of arrival. */
export interface PublishedEvents {
  of<S extends RunEventSubject>(subject: S, run: { runId: string }): RunEvent<S>[];
  stop(): Promise<void>;
}

/** Takes the fetcher's events off the stream, as their consumers would. */
export async function collectPublishedEvents(bus: Bus): Promise<PublishedEvents> {
  const collected: { subject: RunEventSubject; event: RunEvent<RunEventSubject> }[] = [];
  const consumptions = await Promise.all(
    ([runStartedV1Subject, runStagedV1Subject, runFinishedV1Subject] as const).map((subject) =>
      consumeEvents(bus, subject, {
        concurrency: 1,
        ackWaitMs: 5_000,
        deliveriesMax: 5,
        retryDelayMs: () => 100,
        handle: async (event) => void collected.push({ subject, event }),
        exhausted: async () => undefined,
      }),
    ),
  );
  return {
    of: <S extends RunEventSubject>(subject: S, { runId }: { runId: string }) =>
      collected
        .filter((each) => each.subject === subject && each.event.runId === runId)
        .map(({ event }) => event as RunEvent<S>),
    stop: async () => void (await Promise.all(consumptions.map((each) => each.stop(0)))),
  };
}
