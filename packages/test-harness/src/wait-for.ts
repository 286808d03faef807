/** How long to go on looking, and what to call the fact when it does not come true. */
export interface WaitOptions {
  /** @default 15000 */
  timeoutMs?: number;
  /** Pause between two looks. @default 25 */
  intervalMs?: number;
  /** Completes "waited in vain until …". */
  until?: string;
}

/**
 * Looks again and again until `fact` returns something other than `false`, `null` or `undefined`, and returns that.
 * A look that throws counts as "not yet".
 *
 * @throws when time is over, with the last look's error as its cause.
 */
export async function waitFor<T>(
  fact: () => Promise<T> | T,
  { timeoutMs = 15_000, intervalMs = 25, until = 'a fact became true' }: WaitOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const giveUpAt = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const seen = await fact();
      if (seen !== false && seen !== null && seen !== undefined) {
        return seen as Exclude<T, false | null | undefined>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (performance.now() < giveUpAt);
  throw new Error(`waited ${timeoutMs} ms in vain until ${until}`, { cause });
}
