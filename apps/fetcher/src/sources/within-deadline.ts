import { SyncError } from '@tidetable/contracts';

/**
 * Does work that gets a signal which aborts with the given one, or when the time is over, whichever is first.
 * What the work throws for that is the signal's reason: a SyncError `source-timeout` when the time was over.
 */
export async function withinDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const overdue = new SyncError(
    'source-timeout',
    `the whole download did not end within ${timeoutMs / 1_000} s`,
  );
  const timer = setTimeout(() => deadline.abort(overdue), timeoutMs);
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}
