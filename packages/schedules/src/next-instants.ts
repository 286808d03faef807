import { Cron } from 'croner';
import { instantOf, wallAt } from './wall-clock.js';

/** A schedule by the wall clock of a place. */
export interface CronSchedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** By its IANA name. */
  readonly timeZone: string;
}

/**
 * The next `count` instants after a moment at which a schedule comes up, fewer when there are no more. In the hour that
 * is skipped when clocks are set forward it comes up at the first instant after, once; in the hour that is repeated when
 * they are set back it comes up the first time only.
 *
 * @throws when the expression or the zone is not valid, which `readCron` tells beforehand
 */
export function nextInstants(schedule: CronSchedule, after: Date, count: number): Date[] {
  const instants: Date[] = [];
  let last = after;
  for (const wall of wallsAfter(schedule.cron, wallAt(after, schedule.timeZone))) {
    const instant = instantOf(wall, schedule.timeZone);
    // What the clock shows for the second time has come up before, and so has what was skipped.
    if (instant <= last) continue;
    instants.push(instant);
    if (instants.length === count) break;
    last = instant;
  }
  return instants;
}

/** What the clock shows whenever an expression comes up, in order and without an end unless it never does. */
export function* wallsAfter(cron: string, wall: Date): Generator<Date> {
  const pattern = new Cron(cron, { timezone: 'UTC', mode: '5-part' });
  for (let next = pattern.nextRun(wall); next !== null; next = pattern.nextRun(next)) yield next;
}
