import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insertRun, insertSynchronization } from '@tidetable/test-harness';
import { ClockWatch } from '../src/clock/clock-watch.js';
import { moveSchedules } from '../src/clock/move-schedules.js';
import { claim, type Metadata, openMetadata, quiet, secondsFromNow } from './fixture.js';

const hourMs = 3_600_000;

/*
 * The database's clock cannot be set here, so it is the other one that is: where less time seems to have passed the
 * database's was set ahead, and where more did it was set back. What was written by the clock as it was before is put into
 * the rows.
 */
describe('a step of the clock', () => {
  let metadata: Metadata;
  /** Added to what the clock shows that nobody sets. */
  let elapsedMs = 0;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  beforeEach(async () => {
    elapsedMs = 0;
    await metadata.rows(
      'UPDATE clock SET seen_at = clock_timestamp(), steps = 0, step_ms = NULL, stepped_at = NULL, moved_up_to = NULL',
    );
  });
  afterEach(() => metadata.clear());
  afterAll(() => metadata.close());

  /** A scheduler's watch that has read the clock before the step. */
  const watching = async (): Promise<() => Promise<boolean>> => {
    const elapsed = (): number => performance.now() + elapsedMs;
    const watch = new ClockWatch(metadata.database, quiet, elapsed, 0);
    expect(await watch.isSteady()).toBe(true);
    return () => watch.isSteady();
  };
  /** The clock of the database steps; nobody has looked at it since. */
  const step = async (stepMs: number): Promise<void> => {
    elapsedMs = -stepMs;
    await metadata.rows(`UPDATE clock SET seen_at = clock_timestamp() - make_interval(secs => $1)`, [
      stepMs / 1_000,
    ]);
  };
  const moveAll = async (batch = 2): Promise<number> => {
    for (let rounds = 1; rounds < 100; rounds += 1)
      if (!(await moveSchedules(metadata.database, batch))) return rounds;
    throw new Error('moving has no end');
  };
  const seconds = async (column: string, id: string): Promise<number> => {
    const sql = `SELECT round(extract(epoch FROM ${column} - clock_timestamp()))::int AS s FROM synchronizations WHERE id = $1`;
    return (await metadata.row<{ s: number }>(sql, [id])).s;
  };
  const atRest = (columns: Record<string, unknown>): Promise<{ id: string }> =>
    insertSynchronization(metadata.database, { state: 'success', ...columns });

  it('is none while both clocks go on', async () => {
    const isSteady = await watching();
    expect(await isSteady()).toBe(true);
    expect(await metadata.row('SELECT steps FROM clock')).toEqual({ steps: 0 });
    expect(await moveSchedules(metadata.database)).toBe(false);
  });

  it('ahead floods nothing: what was not due is due as much later as before', async () => {
    const isSteady = await watching();
    // By the old clock: due in 30 minutes, and due for a minute; by the new one since: due in an hour.
    const before = secondsFromNow(-2 * 3_600);
    const waiting = await atRest({ run_at: secondsFromNow(-1_800), attempted_at: before });
    const overdue = await atRest({ run_at: secondsFromNow(-3_660), attempted_at: before });
    const since = await atRest({ run_at: secondsFromNow(3_600), attempted_at: new Date() });
    const running = await insertSynchronization(metadata.database, { state: 'syncing', runs_count: 1 });
    await insertRun(metadata.database, running.id, {
      requested_at: before,
      deadline_at: secondsFromNow(-60),
    });
    await step(hourMs);
    expect(await isSteady()).toBe(false);
    expect(await isSteady()).toBe(false);
    // At once: nobody closes it as lost.
    expect(await metadata.row('SELECT deadline_at > clock_timestamp() AS later FROM runs')).toEqual({
      later: true,
    });
    expect(await moveAll()).toBe(3);
    expect(await isSteady()).toBe(true);
    expect(await seconds('run_at', waiting.id)).toBeGreaterThan(1_700);
    expect(await seconds('run_at', overdue.id)).toBeLessThan(0);
    expect(await seconds('run_at', since.id)).toBeLessThanOrEqual(3_600);
    expect(await claim(metadata)).toBe(1);
  });

  it('ahead has a cron that was skipped come up once, within the time that was skipped', async () => {
    const isSteady = await watching();
    const cron = { cron: '0 9 * * *', time_zone: 'UTC', attempted_at: secondsFromNow(-86_400) };
    const skipped = await atRest({ ...cron, run_at: secondsFromNow(-1_800) });
    const later = await atRest({ ...cron, run_at: secondsFromNow(600) });
    await step(hourMs);
    expect(await isSteady()).toBe(false);
    await moveAll();
    expect(await seconds('run_at', skipped.id)).toBeGreaterThanOrEqual(-5);
    expect(await seconds('run_at', skipped.id)).toBeLessThanOrEqual(3_600);
    expect(await seconds('run_at', later.id)).toBeGreaterThan(590);
    expect(await seconds('run_at', later.id)).toBeLessThanOrEqual(600);
  });

  it('back starves nothing: it is due as soon as before, and a refresh by hand is not forgotten', async () => {
    const isSteady = await watching();
    // By the old clock, an hour ahead of this one.
    const attempted_at = secondsFromNow(3_600 - 1_200);
    const waiting = await atRest({ run_at: secondsFromNow(3_600 + 600), attempted_at });
    const asked = await atRest({ ...{ attempted_at, sync_requested_at: secondsFromNow(3_600 - 5) } });
    const { id: fresh } = await insertSynchronization(metadata.database, {
      created_at: secondsFromNow(3_600 - 5),
    });
    const running = await insertSynchronization(metadata.database, { state: 'syncing', runs_count: 1 });
    const run = { requested_at: secondsFromNow(3_600 - 60), started_at: secondsFromNow(3_600 - 30) };
    await insertRun(metadata.database, running.id, { ...run, deadline_at: secondsFromNow(3_600 + 1_000) });
    expect(await claim(metadata)).toBe(0);
    await step(-hourMs);
    expect(await isSteady()).toBe(false);
    await moveAll();
    expect(await isSteady()).toBe(true);
    expect(await seconds('run_at', waiting.id)).toBeGreaterThan(590);
    expect(await seconds('run_at', waiting.id)).toBeLessThanOrEqual(600);
    expect(await seconds('due_at', asked.id)).toBeLessThan(0);
    expect(await seconds('due_at', fresh)).toBeLessThan(0);
    expect(
      await metadata.row(
        `SELECT deadline_at < clock_timestamp() + interval '1000 seconds' AS moved, started_at > requested_at AS ordered
           FROM runs WHERE synchronization_id = $1`,
        [running.id],
      ),
    ).toEqual({ moved: true, ordered: true });
    expect(await claim(metadata)).toBe(2);
  });

  it('back has a cron come up when the clock shows it the next time', async () => {
    const isSteady = await watching();
    const cron = { cron: '* * * * *', time_zone: 'UTC', interval_seconds: 60 };
    const { id } = await atRest({
      ...cron,
      run_at: secondsFromNow(86_400),
      attempted_at: secondsFromNow(3_600),
    });
    await step(-hourMs);
    expect(await isSteady()).toBe(false);
    await moveAll();
    expect(await seconds('run_at', id)).toBeLessThanOrEqual(64);
  });

  it('back that happened while no scheduler ran is seen when one starts', async () => {
    const { id } = await atRest({ run_at: secondsFromNow(7_200), attempted_at: secondsFromNow(3_600) });
    await metadata.rows(`UPDATE clock SET seen_at = clock_timestamp() + interval '1 hour'`);
    const watch = new ClockWatch(metadata.database, quiet);
    expect(await watch.isSteady()).toBe(false);
    await moveAll();
    expect(await seconds('run_at', id)).toBeLessThanOrEqual(3_600);
  });

  it('is acted on once, however many schedulers see it and move', async () => {
    const all = await Promise.all([watching(), watching(), watching()]);
    const rows = await Promise.all(
      Array.from({ length: 5 }, () =>
        atRest({ run_at: secondsFromNow(-1_800), attempted_at: secondsFromNow(-7_200) }),
      ),
    );
    await step(hourMs);
    await Promise.all(all.map((isSteady) => isSteady()));
    await Promise.all([moveAll(1), moveAll(2), moveAll(3)]);
    expect(await metadata.row('SELECT steps, step_ms FROM clock')).toEqual({ steps: 1, step_ms: null });
    for (const { id } of rows) {
      expect(await seconds('run_at', id)).toBeGreaterThan(1_700);
      expect(await seconds('run_at', id)).toBeLessThanOrEqual(1_800);
    }
    for (const isSteady of all) expect(await isSteady()).toBe(true);
  });

  it('is none when it was this scheduler that stood still, as others saw', async () => {
    const isSteady = await watching();
    elapsedMs = -hourMs;
    expect(await isSteady()).toBe(true);
    expect(await metadata.row('SELECT steps FROM clock')).toEqual({ steps: 0 });
  });
});
