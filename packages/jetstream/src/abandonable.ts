/** Waits for calls until they are abandoned. */
export interface Abandonable {
  /** The call's result, or `null` once calls are abandoned. */
  wait<T>(call: Promise<T>): Promise<T | null>;
  /** No call is waited for any longer. */
  abandon(): void;
}

/**
 * Waits for calls until they are abandoned, then for none: `null` instead of their results. A race against one promise
 * that lives as long as the process would keep a trace of every call.
 */
export function abandonable(): Abandonable {
  const waiting = new Set<() => void>();
  return {
    wait: (call) =>
      new Promise((resolve, reject) => {
        const abandon = (): void => resolve(null);
        waiting.add(abandon);
        call.then(resolve, reject).finally(() => waiting.delete(abandon));
      }),
    abandon: () => waiting.forEach((abandon) => abandon()),
  };
}
