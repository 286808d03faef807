/** A time as the API spells it: to the second, in UTC. */
export function spellTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`;
}
