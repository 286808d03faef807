import { runClosedV1Schema, runClosedV1Subject, type RunClosedV1 } from '@tidetable/contracts';
import type { Subscription } from '@nats-io/nats-core';
import type { Bus } from './bus.js';

/** The run was closed while a worker held it: what was made of it so far is to be removed, and nothing told. */
export class RunClosedError extends Error {
  override readonly name = 'RunClosedError';
}

/**
 * Tells every worker that a run was closed. Nothing waits for it and nothing relies on it: without a connection it is
 * lost, and workers find out when they ask whether the run is open. Never throws.
 */
export function tellRunClosed(bus: Bus, { runId, synchronizationId }: RunClosedV1): void {
  try {
    bus.connection.publish(runClosedV1Subject, JSON.stringify({ runId, synchronizationId }));
  } catch (error) {
    bus.log.warn({ runId, synchronizationId, err: error }, 'workers could not be told of a closed run');
  }
}

/** A run in the hands of this process. */
export interface HeldRun {
  /** Aborts with a RunClosedError once the run is closed, or with the reason of the signal it was made from. */
  readonly signal: AbortSignal;
  /** To be called when the work has ended, however that was. */
  release(): void;
}

/**
 * The runs that this process holds, each with a signal that aborts when schedulers tell that the run was closed. What is
 * told while the connection is away is missed.
 */
export class ClosedRuns {
  private readonly held = new Map<string, Set<AbortController>>();
  private readonly subscription: Subscription;

  /** Listens from now on. */
  constructor(private readonly bus: Bus) {
    this.subscription = bus.connection.subscribe(runClosedV1Subject, {
      callback: (error, message) => {
        if (error === null) this.close(message.data);
      },
    });
  }

  /** Holds a run until it is released; `signal` ends the work for other reasons. */
  hold(runId: string, signal: AbortSignal): HeldRun {
    const aborter = new AbortController();
    const holders = this.held.get(runId) ?? new Set();
    this.held.set(runId, holders.add(aborter));
    // Not a signal made of both: the given one lives as long as the process and would remember every run.
    const passOn = (): void => aborter.abort(signal.reason);
    if (signal.aborted) passOn();
    signal.addEventListener('abort', passOn, { once: true });
    return {
      signal: aborter.signal,
      release: () => {
        signal.removeEventListener('abort', passOn);
        holders.delete(aborter);
        if (holders.size === 0 && this.held.get(runId) === holders) this.held.delete(runId);
      },
    };
  }

  /** Listens no longer. Idempotent. */
  stop(): void {
    if (!this.bus.connection.isClosed()) this.subscription.unsubscribe();
  }

  private close(data: Uint8Array): void {
    const closed = parse(data);
    if (closed === null) return this.bus.log.error({}, 'a broadcast could not be parsed and was dropped');
    for (const aborter of this.held.get(closed.runId) ?? []) {
      aborter.abort(new RunClosedError('the run was closed'));
    }
  }
}

function parse(data: Uint8Array): RunClosedV1 | null {
  try {
    return runClosedV1Schema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch {
    return null;
  }
}
