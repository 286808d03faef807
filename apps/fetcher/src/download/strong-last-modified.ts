/** How much older than the answer the date must be, in milliseconds. */
const strongAfterMs = 2_000;

/**
 * `Last-Modified` as it was received, where it can tell versions apart (RFC 9110, 8.8.2.2), else null. It counts in
 * seconds, so a file that was changed a moment ago may be changed again under the same date; asked with that date the
 * server would say that nothing changed. Then the content has to be compared.
 *
 * `date` is the answer's own; without it the time of now (milliseconds since 1970) takes its place.
 */
export function strongLastModified(
  lastModified: string | undefined,
  date: string | undefined,
  nowMs: number,
): string | null {
  if (lastModified === undefined) return null;
  const dateMs = Date.parse(date ?? '');
  const answeredMs = Number.isNaN(dateMs) ? nowMs : dateMs;
  return answeredMs - Date.parse(lastModified) >= strongAfterMs ? lastModified : null;
}
