/** One step of ending a process: the signal, and how long after the stop was asked for it is sent. */
export interface StopStep {
  signal: NodeJS.Signals;
  afterMs: number;
}

/** Everything the keeper needs to run one process. Plain data, since it crosses to the keeper as JSON. */
export interface ProcessSpec {
  command: string;
  args: readonly string[];
  /** The whole environment: nothing of the caller's is added to it. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The user to run as, when the keeper runs as root and the process must not. */
  user?: { uid: number; gid: number };
  /** Standard output and error are appended here. The keeper opens it, so `user` need not be able to. */
  logPath: string;
  /** Sent one after the other until the process has ended. */
  stopSteps: readonly StopStep[];
  /** Processes of a higher tier are ended before those of a lower one; within a tier, all at once. */
  tier: number;
}

/** How a process ended. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export type ToKeeper =
  | { type: 'start'; id: number; spec: ProcessSpec }
  | { type: 'stop'; id: number }
  | { type: 'signal'; id: number; signal: NodeJS.Signals }
  | { type: 'hurry' }
  | { type: 'discard'; folder: string }
  | { type: 'stop-all' };

export type FromKeeper =
  | { type: 'ready' }
  | { type: 'started'; id: number; pid: number }
  | { type: 'refused'; id: number; message: string }
  | { type: 'exited'; id: number; exit: ProcessExit };
