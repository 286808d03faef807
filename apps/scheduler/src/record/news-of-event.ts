import { type runFinishedV1Subject, runStartedV1Subject } from '@tidetable/contracts';
import type { BatchedEvent } from '@tidetable/jetstream';
import type { News } from './record-news.js';

/** What workers tell schedulers. */
export type WorkerEvent = BatchedEvent<typeof runStartedV1Subject | typeof runFinishedV1Subject>;

/** What an event of a worker tells of a run, which may take `deadlineSeconds` from its start on. */
export function newsOf({ subject, event }: WorkerEvent, deadlineSeconds: number): News {
  const { runId, synchronizationId } = event;
  const news =
    subject === runStartedV1Subject
      ? ({ kind: 'started', deadlineSeconds } as const)
      : ({ kind: 'ended', ending: event, onlyOverdue: false } as const);
  return { runId, synchronizationId, news };
}
