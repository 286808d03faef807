/**
 * What clocks on the wall show in a time zone. A reading of such a clock ("wall") is written as the Date that has the
 * same fields in UTC: at half past two in Berlin it is the Date of 02:30 UTC, whatever the offset.
 */

/** Making one is expensive; there are no more than there are time zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

const dayMs = 86_400_000;

/** Whether it is the name of a time zone, and not an offset. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clock shows at this instant. */
export function wallAt(instant: Date, timeZone: string): Date {
  return new Date(instant.getTime() + offsetMsAt(instant.getTime(), timeZone));
}

/**
 * When the clock shows this. Twice, in the hour that is repeated when it is set back: the first time counts. Never, in
 * the hour that is skipped when it is set forward: the first instant after that counts.
 */
export function instantOf(wall: Date, timeZone: string): Date {
  const at = wall.getTime();
  const offsetBefore = offsetMsAt(at - dayMs, timeZone);
  const offsetAfter = offsetMsAt(at + dayMs, timeZone);
  const earlier = at - Math.max(offsetBefore, offsetAfter);
  const later = at - Math.min(offsetBefore, offsetAfter);
  if (earlier + offsetMsAt(earlier, timeZone) === at) return new Date(earlier);
  if (later + offsetMsAt(later, timeZone) === at) return new Date(later);
  return new Date(firstWithOffset(offsetAfter, earlier, later, timeZone));
}

/** The first instant, between one with another offset and one with this, at which the clock has this offset. */
function firstWithOffset(offsetMs: number, before: number, after: number, timeZone: string): number {
  let [without, having] = [before, after];
  while (having - without > 1) {
    const middle = Math.floor((without + having) / 2);
    if (offsetMsAt(middle, timeZone) === offsetMs) having = middle;
    else without = middle;
  }
  return having;
}

/** By how much the clock is ahead of UTC. */
function offsetMsAt(instantMs: number, timeZone: string): number {
  const fields: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instantMs)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1_000) * 1_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(timeZone, made);
  return made;
}
