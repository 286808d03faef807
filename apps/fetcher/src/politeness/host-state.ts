/** What is known of the requests to one host, by everybody who makes some. Times are in ms since 1970. */
export interface HostState {
  /** Those that are under way, each until when it counts unless it is renewed: whoever made it may have died. */
  readonly turns: Readonly<Record<string, number>>;
  /** The minute that is being counted, and how many began in it and in the one before. */
  readonly minute: number;
  readonly begun: number;
  readonly begunBefore: number;
  /** The host asked to be left alone until then. */
  readonly pausedUntil: number;
}

export interface HostLimitNumbers {
  /** Requests under way at the same time; 0 sets no limit. */
  inFlightMax: number;
  /** Requests begun in any minute; 0 sets no limit. */
  perMinuteMax: number;
}

/** Nobody has asked this host for anything lately. */
export const idleHost: HostState = { turns: {}, minute: 0, begun: 0, begunBefore: 0, pausedUntil: 0 };

/** A turn that is not renewed for so long is over, in milliseconds. */
export const turnMs = 15_000;

const minuteMs = 60_000;

/** What became of asking for a turn. */
export type Taken =
  | { readonly state: HostState }
  /** Not now: what stands in the way, and for how long it is sure to. */
  | { readonly reason: 'paused' | 'busy'; readonly waitMs: number };

/** Takes a turn under this id, if the limits allow one now. */
export function takeTurn(state: HostState, id: string, limits: HostLimitNumbers, nowMs: number): Taken {
  if (state.pausedUntil > nowMs) return { reason: 'paused', waitMs: state.pausedUntil - nowMs };
  const counted = countedAt(state, nowMs);
  const turns = livingTurns(state, nowMs);
  if (limits.inFlightMax > 0 && Object.keys(turns).length >= limits.inFlightMax)
    return { reason: 'busy', waitMs: 0 };
  // The minute before counts for the part of it that lies less than a minute back.
  const past = (nowMs % minuteMs) / minuteMs;
  const lately = counted.begun + counted.begunBefore * (1 - past);
  if (limits.perMinuteMax > 0 && lately + 1 > limits.perMinuteMax) {
    return { reason: 'busy', waitMs: Math.ceil(minuteMs / limits.perMinuteMax) };
  }
  return { state: { ...counted, turns: { ...turns, [id]: nowMs + turnMs }, begun: counted.begun + 1 } };
}

/** The turn goes on. */
export function renewTurn(state: HostState, id: string, nowMs: number): HostState {
  return { ...state, turns: { ...livingTurns(state, nowMs), [id]: nowMs + turnMs } };
}

/** The turn is over. */
export function endTurn(state: HostState, id: string, nowMs: number): HostState {
  const { [id]: _ended, ...turns } = livingTurns(state, nowMs);
  return { ...state, turns };
}

/** The host is left alone until then; a later time stays. */
export function pauseHost(state: HostState, untilMs: number): HostState {
  return { ...state, pausedUntil: Math.max(state.pausedUntil, untilMs) };
}

function livingTurns({ turns }: HostState, nowMs: number): Record<string, number> {
  return Object.fromEntries(Object.entries(turns).filter(([, until]) => until > nowMs));
}

function countedAt(state: HostState, nowMs: number): HostState {
  const minute = Math.floor(nowMs / minuteMs);
  if (minute === state.minute) return state;
  const begunBefore = minute === state.minute + 1 ? state.begun : 0;
  return { ...state, minute, begun: 0, begunBefore };
}
