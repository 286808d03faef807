/** What a synchronization is found to be when everything has calmed down. */
export interface SynchronizationFacts {
  readonly id: string;
  /** Schema and name of its table, for people. */
  readonly label: string;
  readonly state: string;
  readonly failureCode: string | null;
  readonly isDeleted: boolean;
  /** The api has answered that it is deleted. */
  readonly wasDeleted: boolean;
  readonly runsCount: number;
  readonly runs: { readonly count: number; readonly highest: number; readonly open: number };
  /** The run with the highest number, as far as its end tells. */
  readonly lastRun: {
    readonly outcome: string | null;
    readonly failureCode: string | null;
    readonly requestedAtMs: number;
  } | null;
  /** What its source has come to: a version, and the failure that it means, if any. */
  readonly source: { readonly version: number; readonly failureCode: string | null };
  /** The highest version that a reader has seen in its table. */
  readonly seenVersion: number;
  /** What its table holds; `null` when there is none. `isExact`: row for row what the version is. */
  readonly table: { readonly version: number; readonly isExact: boolean } | null;
  /** Whether any run has imported. */
  readonly hasImported: boolean;
}

/** What is found of everything when it has calmed down. */
export interface Facts {
  readonly synchronizations: readonly SynchronizationFacts[];
  readonly openRuns: number;
  readonly outboxMessages: number;
  /** Events in the stream that nobody was given. */
  readonly pendingMessages: number;
  /**
   * Events in the stream that were given to somebody and never taken out. A nats-server that was killed keeps a few of ended
   * runs until they are old; that nothing of an open run is among them shows in `openRuns`.
   */
  readonly deadMessages: number;
  readonly stagedFiles: readonly string[];
  readonly stagingTables: readonly string[];
  /** Where something secret was found in the clear. */
  readonly secretsIn: readonly string[];
  /** What broke a promise while readers looked. */
  readonly watched: readonly string[];
  /** Requests for which the api did not answer at the very end. */
  readonly unanswered: number;
}
