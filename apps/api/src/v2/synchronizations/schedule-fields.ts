import { readCron } from '@tidetable/schedules';
import { z } from 'zod';
import { intervalSecondsMax } from '../../api.env.js';

/** A schedule that was chosen: by an interval, or by the clock on the wall of a place. */
export type ChosenSchedule =
  | { readonly every: number }
  | {
      readonly cron: string;
      readonly timeZone: string;
      /** The shortest time between two runs, in seconds, which version 1 shows as the interval. */
      readonly every: number;
      /** When it comes up next. */
      readonly runAt: Date;
    };

const wholeSeconds = (minimum: number): object => ({ type: 'integer', minimum, maximum: intervalSecondsMax });

function documented(minIntervalSeconds: number): object {
  return {
    oneOf: [
      {
        type: 'object',
        properties: {
          every: {
            ...wholeSeconds(minIntervalSeconds),
            description: 'Seconds from one refresh to the next.',
          },
        },
        required: ['every'],
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: {
          cron: {
            type: 'string',
            description: 'Minute, hour, day of the month, month, day of the week, e.g. `0 6 * * 1-5`.',
          },
          time_zone: {
            type: 'string',
            description: 'By the clocks of which place, e.g. `Europe/Berlin`: a name of the IANA database.',
          },
        },
        required: ['cron', 'time_zone'],
        additionalProperties: false,
      },
    ],
  };
}

const text = z.string({ error: 'must be a string' });
const oneKind = 'must have either every, or cron and time_zone';

/** A schedule as it is sent: `{"every": 3600}`, or `{"cron": "0 6 * * 1-5", "time_zone": "Europe/Berlin"}`. */
export function scheduleField(minIntervalSeconds: number): z.ZodType<ChosenSchedule> {
  const error = `must be a whole number of seconds from ${minIntervalSeconds} to ${intervalSecondsMax}`;
  const every = z.int({ error }).min(minIntervalSeconds, { error }).max(intervalSecondsMax, { error });
  return z
    .strictObject({ every: every.optional(), cron: text.optional(), time_zone: text.optional() })
    .transform((sent, context): ChosenSchedule => {
      const { every: interval, cron, time_zone: timeZone } = sent;
      if (interval !== undefined && cron === undefined && timeZone === undefined) return { every: interval };
      if (interval !== undefined || cron === undefined || timeZone === undefined) {
        context.addIssue({ code: 'custom', path: [], message: oneKind });
        return z.NEVER;
      }
      const read = readCron({ cron, timeZone }, { shortestSeconds: minIntervalSeconds, now: new Date() });
      if ('sentence' in read) {
        context.addIssue({ code: 'custom', path: [read.field], message: read.sentence });
        return z.NEVER;
      }
      const [runAt = new Date()] = read.preview;
      return { cron: read.schedule.cron, timeZone, every: read.intervalSeconds, runAt };
    })
    .meta({
      description: 'When the table is refreshed: by an interval, or by the clock on the wall of a place.',
      documentedAs: documented(minIntervalSeconds),
    });
}
