import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorCatalogue, type SyncErrorCode, syncErrorCodes } from '@tidetable/contracts';
import { insertAccount } from '@tidetable/test-harness';
import fc from 'fast-check';
import { claimDueSynchronizations } from '../src/claim/claim-due-synchronizations.js';
import { relayOutbox } from '../src/dispatch/relay-outbox.js';
import { rescueRuns } from '../src/keep-in-step.js';
import { recordFinished } from '../src/record/record-finished.js';
import type { SchedulerContext } from '../src/scheduler-context.js';
import {
  deadlineSeconds,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  quiet,
  recordStarted,
  type Reference,
  unchangedEvent,
} from './fixture.js';
import { brokenInvariants, type Limits } from './invariants.js';

/** The same sequences each time, unless told otherwise: TIDETABLE_SEED=123 npm run test:medium … */
const seed = Number(process.env['TIDETABLE_SEED'] ?? 20_260_101);
const sequences = 10;
const stepsMin = 30;
const stepsMax = 50;

/** So many kinds of steps there are, and each happens. */
const kindsOfSteps = 18;

const limits: Limits = { accountRunsMax: 2, hostRunsMax: 3 };
const urls = [
  'https://one.example.com/a.csv',
  'https://two.example.com/b.csv',
  'https://ONE.example.com:8080/c',
];
const accountsCount = 3;

/** What can happen, by the numbers that say to whom: each is taken modulo how many there are at that moment. */
type Step =
  | { kind: 'create'; account: number; url: number }
  | { kind: 'claim'; batch: number }
  | { kind: 'claim twice at once'; batch: number }
  | { kind: 'relay'; batch: number; confirms: boolean }
  | { kind: 'start'; run: number }
  | { kind: 'import' | 'find unchanged'; run: number }
  | { kind: 'fail'; run: number; code: SyncErrorCode; retryAfterSeconds: number | undefined }
  | { kind: 'end twice at once'; run: number }
  | { kind: 'pass a deadline'; run: number }
  | { kind: 'fail in a row'; synchronization: number; codes: SyncErrorCode[] }
  | { kind: 'rescue' }
  | { kind: 'become due' | 'sync now' | 'change interval' | 'delete'; synchronization: number }
  | { kind: 'disable' | 'enable'; account: number };

const which = fc.nat(1_000);
/** Failures after which the schedule goes on. */
const patientCodes = syncErrorCodes.filter((code) => errorCatalogue[code].directive !== 'give-up');
const batch = fc.integer({ min: 1, max: 6 });
const toSynchronization = (
  kind: 'become due' | 'sync now' | 'change interval' | 'delete',
): fc.Arbitrary<Step> => fc.record({ kind: fc.constant(kind), synchronization: which });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('create' as const), account: which, url: which }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim' as const), batch }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('claim twice at once' as const), batch }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('relay' as const), batch, confirms: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('start' as const), run: which }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('import' as const, 'find unchanged' as const), run: which }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      run: which,
      code: fc.constantFrom(...syncErrorCodes),
      retryAfterSeconds: fc.option(fc.nat(200_000), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fail in a row' as const),
      synchronization: which,
      codes: fc.array(fc.constantFrom(...patientCodes), { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end twice at once' as const), run: which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass a deadline' as const), run: which }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'rescue' }) },
  { weight: 8, arbitrary: toSynchronization('become due') },
  { weight: 2, arbitrary: toSynchronization('sync now') },
  { weight: 1, arbitrary: toSynchronization('change interval') },
  { weight: 1, arbitrary: toSynchronization('delete') },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('disable' as const, 'enable' as const), account: which }),
  },
);

describe('random sequences of events', () => {
  let metadata: Metadata;
  let accounts: string[];
  /** An account to which nothing happens, as it was at the beginning. */
  let bystander: unknown;
  /** The runs whose event the stream has confirmed. */
  let published: string[];
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  afterAll(() => metadata.close());

  const rowsOfBystander = (): Promise<unknown> =>
    metadata.row(
      `SELECT to_jsonb(a) AS account, to_jsonb(s) - 'held' - 'held_by_host' AS synchronization
         FROM accounts a JOIN synchronizations s ON s.account_id = a.id WHERE a.username = 'bystander'`,
    );
  const begin = async (): Promise<void> => {
    await metadata.clear();
    accounts = [];
    published = [];
    for (let at = 0; at < accountsCount; at += 1) accounts.push((await insertAccount(metadata.database)).id);
    const { id } = await insertAccount(metadata.database, { username: 'bystander' });
    await metadata.rows(
      `INSERT INTO synchronizations
         (account_id, url, interval_seconds, run_at, state, attempted_at, name, imported_at, source_sha256)
       VALUES ($1, $2, 3600, now() + interval '1 day', 'success', now(), 'ports', now(), '0')`,
      [id, urls[0]],
    );
    bystander = await rowsOfBystander();
    for (let at = 0; at < 12; at += 1) await happen({ kind: 'create', account: at, url: at % 5 });
  };

  const pick = <Item>(items: readonly Item[], at: number): Item | undefined =>
    items.length === 0 ? undefined : items[at % items.length];
  /** The open runs, or those that have ended. */
  const runsThatAre = (open: boolean): Promise<Reference[]> =>
    metadata.rows<Reference>(
      `SELECT r.id AS "runId", synchronization_id AS "synchronizationId", r.run_number AS "runNumber"
         FROM runs r WHERE (r.outcome IS NULL) = $1 ORDER BY r.requested_at, r.id`,
      [open],
    );
  const everySynchronization = async (): Promise<string[]> =>
    (
      await metadata.rows<{ id: string }>(
        `SELECT id FROM synchronizations WHERE account_id = ANY($1) ORDER BY created_at, id`,
        [accounts],
      )
    ).map(({ id }) => id);
  const claim = (most: number): Promise<unknown> =>
    claimDueSynchronizations(metadata.database, { ...limits, batch: most }, deadlineSeconds);
  const finish = (event: Parameters<typeof recordFinished>[2] & Reference): Promise<unknown> =>
    recordFinished(metadata.database, event, event);

  /** The statements of the api, in short: what the customer said, under the lock of the row. */
  const said = {
    'become due': `UPDATE synchronizations SET run_at = clock_timestamp()
                    WHERE id = $1 AND state NOT IN ('queued', 'syncing', 'created')`,
    'sync now': `UPDATE synchronizations SET sync_requested_at = clock_timestamp()
                  WHERE id = $1 AND deleted_at IS NULL AND state IN ('success', 'failure')`,
    'change interval': `UPDATE synchronizations
                           SET interval_seconds = 900 + (interval_seconds + 900) % 7200,
                               run_at = CASE WHEN state IN ('queued', 'syncing') THEN run_at
                                             ELSE now() + interval '15 minutes' END,
                               retried_times = CASE WHEN stopped THEN 0 ELSE retried_times END,
                               soon_tries = CASE WHEN stopped THEN 0 ELSE soon_tries END,
                               stopped = false
                         WHERE id = $1 AND deleted_at IS NULL`,
    delete: `UPDATE synchronizations SET deleted_at = clock_timestamp() WHERE id = $1 AND deleted_at IS NULL`,
  };

  const happen = async (step: Step): Promise<void> => {
    const { database } = metadata;
    if ('run' in step) {
      // One of six events comes late.
      const run = pick(await runsThatAre(step.run % 6 !== 0), step.run);
      if (run !== undefined) await happenToRun(step, run);
      return;
    }
    if ('synchronization' in step) {
      const id = pick(await everySynchronization(), step.synchronization);
      if (id === undefined) return;
      if (step.kind === 'fail in a row') await failInARow(id, step.codes);
      else await metadata.rows(said[step.kind], [id]);
      return;
    }
    switch (step.kind) {
      case 'create':
        await metadata.rows(
          `INSERT INTO synchronizations (account_id, url, interval_seconds, run_at) VALUES ($1, $2, 3600, now())`,
          [pick(accounts, step.account), pick(urls, step.url)],
        );
        return;
      case 'claim':
        await claim(step.batch);
        return;
      case 'claim twice at once':
        await Promise.all([claim(step.batch), claim(step.batch)]);
        return;
      case 'relay':
        await relayOutbox(database, step.batch, {
          publish: async (payloads) => {
            if (!step.confirms) return payloads.map(() => new Error('not confirmed'));
            published.push(...payloads.map(({ runId }) => runId));
            return payloads.map(() => null);
          },
          afterPublished: () => Promise.resolve(),
        }).catch(() => 0);
        return;
      case 'rescue':
        await rescueRuns({
          database,
          logger: quiet,
          metrics: { runRescued: () => undefined },
        } as SchedulerContext);
        return;
      case 'disable':
      case 'enable':
        await metadata.rows('UPDATE accounts SET state = $2 WHERE id = $1', [
          pick(accounts, step.account),
          step.kind === 'disable' ? 'disabled' : 'active',
        ]);
    }
  };

  const failInARow = async (id: string, codes: readonly SyncErrorCode[]): Promise<void> => {
    for (const code of codes) {
      await metadata.rows(said['become due'], [id]);
      await claim(6);
      const [run] = (await runsThatAre(true)).filter(({ synchronizationId }) => synchronizationId === id);
      if (run !== undefined) await finish(failedEvent(run, { code, detail: null }));
      await check({ kind: 'fail in a row' });
    }
  };

  const happenToRun = async (step: Extract<Step, { run: number }>, run: Reference): Promise<void> => {
    switch (step.kind) {
      case 'start':
        await recordStarted(metadata, run);
        return;
      case 'import':
        await finish(importedEvent(run));
        return;
      case 'find unchanged': {
        const known = `SELECT FROM synchronizations WHERE id = $1 AND name IS NOT NULL`;
        const event = (await metadata.rows(known, [run.synchronizationId])).length > 0;
        await finish(event ? unchangedEvent(run) : importedEvent(run));
        return;
      }
      case 'fail': {
        const { code, retryAfterSeconds } = step;
        const asked = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
        await finish(failedEvent(run, { code, detail: null, ...asked }));
        return;
      }
      case 'end twice at once':
        await Promise.all([finish(failedEvent(run)), finish(importedEvent(run)), finish(failedEvent(run))]);
        return;
      case 'pass a deadline':
        await metadata.rows(
          `UPDATE runs SET deadline_at = clock_timestamp() - interval '1 second' WHERE id = $1 AND outcome IS NULL`,
          [run.runId],
        );
    }
  };

  /** What has ended and been counted, so that a later step can be seen to have changed it. */
  interface Memory {
    ended: Map<string, string>;
    failures: Map<string, { retried: number; soon: number; runs: number }>;
  }

  /** Ended runs that are other than they were; remembers those that have ended since. */
  const changedRuns = async ({ ended }: Memory): Promise<string[]> => {
    const rows = await metadata.rows<{ id: string; run: string }>(
      `SELECT id, to_jsonb(runs)::text AS run FROM runs WHERE outcome IS NOT NULL`,
    );
    const changed = rows.filter(({ id, run }) => (ended.get(id) ?? run) !== run).map(({ id }) => id);
    const gone = [...ended.keys()].filter((id) => !rows.some((row) => row.id === id));
    for (const { id, run } of rows) ended.set(id, run);
    return [...changed, ...gone];
  };

  /** Runs that wait for a worker and are not in the outbox once, or on the stream once and no longer in the outbox. */
  const notAnnouncedOnce = async (): Promise<string[]> => {
    const rows = await metadata.rows<{ id: string; messages: number }>(
      `SELECT id, (SELECT count(*)::int FROM outbox WHERE payload->>'runId' = runs.id::text) AS messages
         FROM runs WHERE outcome IS NULL AND started_at IS NULL`,
    );
    return rows
      .filter(({ id, messages }) => messages + published.filter((run) => run === id).length !== 1)
      .map(({ id }) => id);
  };

  /** Synchronizations whose failures are not counted as CARTO does: one for each, none for a try in between, none after a success. */
  const miscounted = async ({ failures }: Memory, step: { kind: Step['kind'] }): Promise<string[]> => {
    const rows = await metadata.rows<{
      id: string;
      state: string;
      retried: number;
      soon: number;
      runs: number;
    }>(
      `SELECT id, state, retried_times AS retried, soon_tries AS soon,
              (SELECT count(*)::int FROM runs r WHERE r.synchronization_id = s.id AND r.outcome IS NOT NULL) AS runs
         FROM synchronizations s WHERE account_id = ANY($1) AND deleted_at IS NULL`,
      [accounts],
    );
    const wrong = rows.filter(({ id, state, retried, runs }) => {
      const before = failures.get(id) ?? { retried: 0, soon: 0, runs: 0 };
      if (runs === before.runs) {
        return step.kind === 'change interval'
          ? ![0, before.retried].includes(retried)
          : retried !== before.retried;
      }
      if (state === 'success') return retried !== 0;
      if (state !== 'failure') return false;
      return retried !== Math.min(before.retried + (before.soon > 0 ? 0 : 1), 10);
    });
    for (const { id, retried, soon, runs } of rows) failures.set(id, { retried, soon, runs });
    return wrong.map(({ id }) => id);
  };

  let memory: Memory;
  /** Looks for all that must not be, after a step. */
  const check = async (step: { kind: Step['kind'] }): Promise<void> => {
    const found = {
      broken: await brokenInvariants(metadata, limits),
      notAnnouncedOnce: await notAnnouncedOnce(),
      changed: await changedRuns(memory),
      miscounted: await miscounted(memory, step),
      bystander: await rowsOfBystander(),
    };
    expect(found).toEqual({ broken: [], notAnnouncedOnce: [], changed: [], miscounted: [], bystander });
  };

  it('leave every invariant true after each step', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: stepsMin, maxLength: stepsMax, size: 'max' }),
        async (sequence) => {
          await begin();
          memory = { ended: new Map(), failures: new Map() };
          for (const step of sequence) {
            await happen(step);
            seen.add(step.kind);
            await check(step);
          }
        },
      ),
      { seed, numRuns: sequences, endOnFailure: true },
    );
    expect(seen.size).toBe(kindsOfSteps);
  }, 60_000);
});
