import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Load } from '../load/use-api.js';
import { plantedSecret } from '../sources/answer-request.js';
import { sourceNumberOf, type Sources } from '../sources/serve-sources.js';
import { type Mood } from '../sources/source.js';
import { digestOf, shapeOf } from '../sources/version.js';
import { type ChaosSystem } from '../system/start-system.js';
import { type Watch } from '../watch/watch-tables.js';
import { type Facts, type SynchronizationFacts } from './facts.js';

/** A synchronization and its runs, as the metadata have them. */
type Recorded = Omit<SynchronizationFacts, 'wasDeleted' | 'source' | 'seenVersion' | 'table' | 'label'> & {
  readonly username: string;
  readonly name: string | null;
  readonly url: string;
};

const recordedSql = `
  SELECT s.id, a.username, s.name, s.url, s.state, s.failure_code AS "failureCode",
    s.deleted_at IS NOT NULL AS "isDeleted", s.runs_count AS "runsCount", r.runs, l.last_run AS "lastRun",
    s.imported_at IS NOT NULL AS "hasImported"
  FROM synchronizations s
  JOIN accounts a ON a.id = s.account_id
  CROSS JOIN LATERAL (
    SELECT json_build_object('count', count(*), 'highest', coalesce(max(run_number), 0),
      'open', count(*) FILTER (WHERE outcome IS NULL)) AS runs
    FROM runs WHERE synchronization_id = s.id
  ) r
  LEFT JOIN LATERAL (
    SELECT json_build_object('outcome', outcome, 'failureCode', failure_code,
      'requestedAtMs', extract(epoch FROM requested_at) * 1000) AS last_run
    FROM runs WHERE synchronization_id = s.id ORDER BY run_number DESC LIMIT 1
  ) l ON true
  ORDER BY s.created_at`;

const streamName = 'SYNC_RUNS';

/** What a mood that lasts means for whoever asks. */
const failureCodes: Readonly<Record<Mood, string | null>> = {
  well: null,
  missing: 'source-not-found',
  broken: 'source-server-error',
  empty: 'file-empty',
  limiting: 'source-rate-limited',
  stalling: 'source-timeout',
  tearing: 'source-truncated',
};

/** State and runs of every synchronization, deleted ones too, beside what is true of its source. */
export async function collectStates(
  { metadata }: ChaosSystem,
  sources: Sources,
): Promise<(Recorded & Pick<SynchronizationFacts, 'source'>)[]> {
  const { rows } = await metadata.query<Recorded>(recordedSql);
  return rows.map((row) => {
    const source = sources.get(sourceNumberOf(row.url))!;
    return { ...row, source: { version: source.version, failureCode: failureCodes[source.mood] } };
  });
}

/** What is left lying about that should be gone. */
export type Leftovers = Pick<
  Facts,
  'openRuns' | 'outboxMessages' | 'pendingMessages' | 'deadMessages' | 'stagedFiles' | 'stagingTables'
>;

/** Looks for everything that is gone once nothing is under way. */
export async function collectLeftovers({
  metadata,
  destination,
  stack,
  stagingDisk,
}: ChaosSystem): Promise<Leftovers> {
  const { rows } = await metadata.query<Pick<Facts, 'openRuns' | 'outboxMessages'>>(
    `SELECT (SELECT count(*)::int FROM runs WHERE outcome IS NULL) AS "openRuns",
       (SELECT count(*)::int FROM outbox) AS "outboxMessages"`,
  );
  const tables = await destination.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('tidetable_staging')`,
  );
  const { stored, pending } = await countMessages(stack.natsUrl);
  return {
    ...rows[0]!,
    pendingMessages: pending,
    deadMessages: stored - pending,
    stagedFiles: stagingDisk.wholeFiles(),
    stagingTables: tables.rows.map(({ relname }) => relname),
  };
}

/** How many events lie in the stream, and how many of them nobody was given yet. */
async function countMessages(url: string): Promise<{ stored: number; pending: number }> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    let pending = 0;
    for await (const consumer of manager.consumers.list(streamName)) pending += consumer.num_pending;
    return { stored: (await manager.streams.info(streamName)).state.messages, pending };
  } finally {
    await connection.close();
  }
}

/** Everything that the verdict is about. */
export async function collectFacts(
  system: ChaosSystem,
  sources: Sources,
  load: Load,
  watch: Watch,
): Promise<Facts> {
  const synchronizations: SynchronizationFacts[] = [];
  for (const state of await collectStates(system, sources)) {
    synchronizations.push({
      ...state,
      label: `${state.username}.${state.name ?? '(no table yet)'} (source ${sourceNumberOf(state.url)})`,
      wasDeleted: load.deletedIds.has(state.id),
      seenVersion: watch.seenVersions.get(state.id) ?? 0,
      table: await readTable(system, state),
    });
  }
  const lists = await Promise.all(load.customers.map((customer) => customer.list()));
  return {
    synchronizations,
    ...(await collectLeftovers(system)),
    secretsIn: [...secretsInLogs(system.logsFolder), ...(await secretsInMetadata(system))],
    watched: [...watch.violations],
    unanswered: lists.filter((list) => list === null).length,
  };
}

/** Writes a row as `digestOf` does, so that the two are equal when all rows are. */
const digestSql = `
  SELECT max(version)::int AS version, md5(string_agg(concat_ws('|', n::bigint, source::bigint, version::bigint,
    amount::bigint, label, ST_X(the_geom)::bigint, ST_Y(the_geom)::bigint), E'\\n' ORDER BY n)) AS digest`;

async function readTable(
  { destination }: ChaosSystem,
  state: Recorded,
): Promise<SynchronizationFacts['table']> {
  if (state.name === null) return null;
  const relation = `"${state.username}"."${state.name}"`;
  const { rows: found } = await destination.query<{ isThere: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS "isThere"',
    [relation],
  );
  if (!found[0]!.isThere) return null;
  const { rows } = await destination.query<{ version: number; digest: string }>(
    `${digestSql} FROM ${relation}`,
  );
  const { version, digest } = rows[0]!;
  return { version, isExact: digest === digestOf(shapeOf(sourceNumberOf(state.url)), version) };
}

function secretsInLogs(folder: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(plantedSecret));
}

/** The address itself is the customer's to see; everything else that is kept of a run is not the place for it. */
async function secretsInMetadata({ metadata }: ChaosSystem): Promise<string[]> {
  const { rows } = await metadata.query<{ place: string }>(
    `SELECT 'run_log' AS place FROM run_log WHERE strpos(message, $1) > 0
     UNION SELECT 'runs' FROM runs WHERE strpos(runs::text, $1) > 0
     UNION SELECT 'outbox' FROM outbox WHERE strpos(payload::text, $1) > 0`,
    [plantedSecret],
  );
  return rows.map(({ place }) => place);
}
