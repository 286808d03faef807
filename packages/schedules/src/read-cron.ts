import { type CronSchedule, nextInstants, wallsAfter } from './next-instants.js';
import { isTimeZone } from './wall-clock.js';

/** Why a schedule is refused: which field it is about, and a sentence for whoever wrote it. */
export interface CronProblem {
  readonly field: 'cron' | 'time_zone';
  readonly code: 'cron-malformed' | 'cron-never' | 'cron-too-often' | 'time-zone-unknown';
  readonly sentence: string;
}

/** What is known of a schedule that is not refused. */
export interface ReadCron {
  readonly schedule: CronSchedule;
  /** The shortest time between two runs by the wall clock, in seconds: what it has for an interval. */
  readonly intervalSeconds: number;
  /** When it comes up next: three instants. */
  readonly preview: readonly Date[];
}

const charactersMax = 100;
/** What croner reads as well is a moment, a name or a question mark that stands for now: none of them is a schedule. */
const form = /^[0-9A-Za-z*,/#-]+(?: [0-9A-Za-z*,/#-]+){4}$/;
/** Every pattern has shown its shortest gap by then: it is within a day, or between two days of two months. */
const gapsLookedAt = 300;

const sentences: Record<CronProblem['code'], string> = {
  'cron-malformed':
    'The expression needs five fields (minute, hour, day of the month, month, day of the week), such as 0 9 * * 1-5.',
  'cron-never': 'The expression never comes up.',
  'cron-too-often': 'The expression comes up more often than tables are refreshed here.',
  'time-zone-unknown': 'The time zone needs a name of the IANA database, such as Europe/Berlin.',
};

/**
 * Reads a schedule as a customer wrote it. Refused is what is no expression of five fields, what never comes up, what
 * comes up twice within `shortestSeconds`, and a zone that is not known by name.
 */
export function readCron(
  given: CronSchedule,
  { shortestSeconds, now }: { shortestSeconds: number; now: Date },
): ReadCron | CronProblem {
  const schedule = { cron: given.cron.trim().replaceAll(/\s+/g, ' '), timeZone: given.timeZone };
  if (!isTimeZone(schedule.timeZone)) return problem('time_zone', 'time-zone-unknown');
  if (schedule.cron.length > charactersMax || !form.test(schedule.cron))
    return problem('cron', 'cron-malformed');
  try {
    const preview = nextInstants(schedule, now, 3);
    if (preview.length < 3) return problem('cron', 'cron-never');
    const intervalSeconds = shortestGapSeconds(schedule.cron, now, shortestSeconds);
    if (intervalSeconds < shortestSeconds) return problem('cron', 'cron-too-often');
    return { schedule, intervalSeconds, preview };
  } catch {
    return problem('cron', 'cron-malformed');
  }
}

/** Looks no further once a gap is too short. */
function shortestGapSeconds(cron: string, from: Date, shortestSeconds: number): number {
  let shortest = Infinity;
  let previous: Date | null = null;
  let gaps = 0;
  for (const wall of wallsAfter(cron, from)) {
    if (previous !== null) shortest = Math.min(shortest, (wall.getTime() - previous.getTime()) / 1_000);
    previous = wall;
    if (shortest < shortestSeconds || (gaps += 1) > gapsLookedAt) break;
  }
  return shortest;
}

function problem(field: CronProblem['field'], code: CronProblem['code']): CronProblem {
  return { field, code, sentence: sentences[code] };
}
