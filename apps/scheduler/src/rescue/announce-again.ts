import { runEventMessageId, runRequestedV1Subject } from '@tidetable/contracts';
import { type Bus, streamName } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import type { DataSource } from 'typeorm';

/** How far the clocks of the database and of the bus may differ without a lost event being missed. */
const clockSkewSeconds = 60;

/**
 * Puts the events of runs that were requested before a moment and that no worker holds back into the outbox.
 * Takes no lock but those of its own inserts; an event that still waits there is left as it is.
 */
const announceAgain = `
INSERT INTO outbox (message_id, subject, payload)
SELECT replace($3, $4, r.id::text),
       $2,
       jsonb_build_object(
         'runId', r.id,
         'synchronizationId', r.synchronization_id,
         'runNumber', r.run_number,
         'requestedAt', to_char(r.requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  FROM runs r
 WHERE r.outcome IS NULL
   AND r.started_at IS NULL
   AND r.requested_at < $1::timestamptz + make_interval(secs => $5)
 ORDER BY r.requested_at
ON CONFLICT (message_id) DO NOTHING`;

const runIdMark = '{runId}';

/**
 * Makes a function that notices when the stream is another one than before (the bus lost its data), and then
 * announces again every run that was requested before that stream existed and has not been started. The first
 * call looks, too. An event that did reach the new stream is dropped there by its message id.
 *
 * The function returns how many events it put into the outbox, and throws when the stream cannot be asked.
 */
export function lostEventsAnnouncer(database: DataSource, bus: Bus, logger: Logger): () => Promise<number> {
  let knownStream: string | undefined;
  return async () => {
    const { created } = await bus.manager.streams.info(streamName);
    if (created === knownStream) return 0;
    const rows = await database.query<unknown[]>(`${announceAgain} RETURNING id`, [
      created,
      runRequestedV1Subject,
      runEventMessageId(runRequestedV1Subject, runIdMark),
      runIdMark,
      clockSkewSeconds,
    ]);
    knownStream = created;
    if (rows.length > 0) logger.warn({ announced: rows.length }, 'runs announced again to a new stream');
    return rows.length;
  };
}
