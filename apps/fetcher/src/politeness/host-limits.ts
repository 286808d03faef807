import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SyncError } from '@tidetable/contracts';
import {
  endTurn,
  type HostLimitNumbers,
  type HostState,
  pauseHost,
  renewTurn,
  takeTurn,
  turnMs,
} from './host-state.js';
import { type HostStates, localHostStates } from './host-states.js';

/** A request that may be made now. */
export interface Turn {
  /** The request is over, its body included. Idempotent. */
  leave(): void;
  /** The host asked to be left alone for so long, in milliseconds. */
  pause(durationMs: number): Promise<void>;
}

/** Who may ask a host for something, and when. */
export interface HostLimits {
  /**
   * Waits until this host, as a URL has it with its port, may be asked once more.
   * @throws SyncError source-host-busy when the turn does not come in time, source-rate-limited when the host wants to
   * be left alone for longer than we wait; the signal's reason.
   */
  enter(host: string, signal: AbortSignal): Promise<Turn>;
}

export interface HostLimitOptions extends HostLimitNumbers {
  /** How long one request waits for its turn, in milliseconds. */
  waitMs: number;
}

/** While others are in the way they are looked after after such rests, in milliseconds. */
const lookMs = { first: 20, max: 1_000 };

/** Limits by states that are this process's own, or shared with others. */
export function createHostLimits(
  { waitMs, ...numbers }: HostLimitOptions,
  states: HostStates = localHostStates(),
): HostLimits {
  return {
    enter: async (host, signal) => {
      const id = randomUUID();
      const untilMs = Date.now() + waitMs;
      for (let restMs = lookMs.first; ; restMs = Math.min(restMs * 2, lookMs.max)) {
        signal.throwIfAborted();
        const taken = await states.change(host, (state) => takeTurn(state, id, numbers, Date.now()));
        if ('state' in taken) return turnOf(host, id, states);
        const leftMs = untilMs - Date.now();
        if (taken.reason === 'paused' && taken.waitMs > leftMs) throw pausedTooLong(taken.waitMs);
        if (leftMs <= 0) throw new SyncError('source-host-busy', `no turn within ${waitMs / 1_000} s`);
        const sureMs =
          taken.reason === 'paused' ? taken.waitMs : Math.max(taken.waitMs, restMs * (0.5 + Math.random()));
        await delay(Math.min(sureMs, leftMs), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    },
  };
}

function turnOf(host: string, id: string, states: HostStates): Turn {
  const write = async (change: (state: HostState, nowMs: number) => HostState): Promise<void> => {
    await states.change(host, (state) => ({ state: change(state, Date.now()) }));
  };
  // What can't be written down now is made up for by the turn's own end.
  const renew = (): void => void write((state, nowMs) => renewTurn(state, id, nowMs)).catch(() => undefined);
  const renewal = setInterval(renew, turnMs / 3);
  renewal.unref();
  let isOver = false;
  return {
    leave: () => {
      if (isOver) return;
      isOver = true;
      clearInterval(renewal);
      void write((state, nowMs) => endTurn(state, id, nowMs)).catch(() => undefined);
    },
    pause: (durationMs) => write((state, nowMs) => pauseHost(state, nowMs + durationMs)),
  };
}

function pausedTooLong(waitMs: number): SyncError {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  return new SyncError('source-rate-limited', `the server asks to wait ${retryAfterSeconds} s`, {
    retryAfterSeconds,
  });
}
