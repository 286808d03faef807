import type { RunRequestedV1 } from '@tidetable/contracts';
import type { DataSource } from 'typeorm';

/** An event as it waits in the outbox. The scheduler announces requested runs and nothing else. */
interface WaitingEvent {
  readonly id: string;
  readonly payload: RunRequestedV1;
}

/** The stream did not confirm some events. They are still in the outbox. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
}

/**
 * Takes the oldest events that no other relay holds. The row locks last until the events are published and the
 * rows are gone, so several relays share the work without meeting, and a relay that dies gives its rows back.
 */
const take = 'SELECT id, payload FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED';

/** What relaying does beside the database. */
export interface RelaySteps {
  /** Publishes events in their order, all at the same time; answers for each `null`, or why it may not be stored. */
  publish(events: readonly RunRequestedV1[]): Promise<readonly (Error | null)[]>;
  afterPublished(): Promise<void>;
}

/**
 * Publishes up to `batch` waiting events at the same time and deletes those that the stream confirmed; returns how
 * many. A crash between the two publishes them again later: the stream drops what has the same message id within
 * its window, and every consumer treats what comes after that as a repetition.
 *
 * @throws RelayError after the confirmed ones were deleted, when the stream did not confirm all.
 */
export async function relayOutbox(database: DataSource, batch: number, steps: RelaySteps): Promise<number> {
  const { confirmed, failure } = await database.transaction(async (manager) => {
    const events = await manager.query<WaitingEvent[]>(take, [batch]);
    if (events.length === 0) return { confirmed: 0, failure: undefined };
    const results = await steps.publish(events.map(({ payload }) => payload));
    await steps.afterPublished();
    const ids = events.filter((_, index) => results[index] === null).map(({ id }) => id);
    await manager.query('DELETE FROM outbox WHERE id = ANY($1)', [ids]);
    return { confirmed: ids.length, failure: results.find((result) => result !== null) };
  });
  if (failure !== undefined) {
    throw new RelayError('the stream did not confirm every event', { cause: failure });
  }
  return confirmed;
}
