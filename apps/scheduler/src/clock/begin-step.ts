import type { DataSource } from 'typeorm';

/** $1 the step in milliseconds, $2 the number of steps known. Takes the row's lock: of several schedulers one acts. */
const begin = `
  UPDATE clock
     SET steps = steps + 1, step_ms = $1::bigint, stepped_at = clock_timestamp(), seen_at = clock_timestamp(),
         moved_up_to = NULL
   WHERE steps = $2 AND step_ms IS NULL`;

/**
 * $1 the step. Open runs at once, or some would be closed as lost. Set ahead: what was requested before. Set back: their
 * moments must stay comparable with those of their synchronizations; a deadline that was set since is left as it is.
 */
const moveOpenRuns = {
  ahead: `
  UPDATE runs
     SET deadline_at = deadline_at + make_interval(secs => $1::float8 / 1000)
   WHERE outcome IS NULL AND requested_at < clock_timestamp() - make_interval(secs => $1::float8 / 2000)`,
  back: `
  UPDATE runs
     SET deadline_at = CASE WHEN requested_at > clock_timestamp()
                            THEN deadline_at + make_interval(secs => $1::float8 / 1000) ELSE deadline_at END,
         requested_at = requested_at + make_interval(secs => $1::float8 / 1000),
         started_at = started_at + make_interval(secs => $1::float8 / 1000)
   WHERE outcome IS NULL`,
};

/**
 * Acts on a step of the clock, once among all schedulers: the deadlines of open runs are moved, and the moving of
 * schedules is begun. Returns whether it was this call that did so.
 */
export async function beginStep(database: DataSource, stepMs: number, knownSteps: number): Promise<boolean> {
  return database.transaction(async (manager) => {
    const [, begun] = await manager.query<[unknown, number]>(begin, [stepMs, knownSteps]);
    if (begun === 1) await manager.query(stepMs > 0 ? moveOpenRuns.ahead : moveOpenRuns.back, [stepMs]);
    return begun === 1;
  });
}
