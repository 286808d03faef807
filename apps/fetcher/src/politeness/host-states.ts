import { type HostState, idleHost } from './host-state.js';

/** Where the states of hosts are kept. */
export interface HostStates {
  /**
   * Changes the state of a host as if nobody else did meanwhile, and returns what `decide` said of it. `decide` may be
   * asked several times; without a `state` in its answer nothing is changed.
   */
  change<T extends object>(
    host: string,
    decide: (state: HostState) => T & { readonly state?: HostState },
  ): Promise<T>;
}

/** States of this process alone. A host that nobody asks for anything is forgotten. */
export function localHostStates(): HostStates {
  const states = new Map<string, HostState>();
  return {
    change: async (host, decide) => {
      const decided = decide(states.get(host) ?? idleHost);
      const { state } = decided;
      if (state !== undefined) {
        states.delete(host);
        states.set(host, state);
        const [oldest] = states.keys();
        if (states.size > hostsMax && oldest !== undefined) states.delete(oldest);
      }
      return decided;
    },
  };
}

/** Beyond so many hosts the one that was asked longest ago is forgotten. */
const hostsMax = 10_000;
