import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStackError } from '../local-stack-error.js';
import { type FromKeeper, type ProcessExit, type ProcessSpec, type ToKeeper } from './keeper-protocol.js';

/** A process that the keeper runs. */
export interface KeptProcess {
  readonly pid: number;
  /** Resolves when the process has ended, or when the keeper has and took it along. */
  readonly ended: Promise<ProcessExit>;
  /** Ends it by its stop steps. May be called again. */
  stop(): Promise<ProcessExit>;
  /** Sends one signal, for those who test what a crash does. */
  signal(signal: NodeJS.Signals): void;
}

interface Waiting {
  started: (process: KeptProcess) => void;
  refused: (error: Error) => void;
  ended: (exit: ProcessExit) => void;
  endedPromise: Promise<ProcessExit>;
}

/**
 * Runs processes that are ended when this one ends, in whichever way it does. One keeper serves any number of
 * processes; when it closes, or its parent dies, it ends them tier by tier.
 */
export class Keeper {
  private nextId = 1;
  private closing = false;
  private readonly waiting = new Map<number, Waiting>();
  /** Resolves when the keeper and all it kept have ended. */
  readonly closed: Promise<void>;

  constructor(private readonly child: ChildProcess) {
    child.on('message', (message: FromKeeper) => this.hear(message));
    this.closed = new Promise((resolve) => child.once('exit', () => resolve()));
    void this.closed.then(() => this.releaseAll());
  }

  /** Whether everything is being ended, so that the end of a process is no surprise. */
  get isClosing(): boolean {
    return this.closing || !this.child.connected;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Starts a process; rejects when it could not even be started. */
  start(spec: ProcessSpec): Promise<KeptProcess> {
    const id = this.nextId++;
    let ended: (exit: ProcessExit) => void = () => undefined;
    const endedPromise = new Promise<ProcessExit>((resolve) => (ended = resolve));
    return new Promise((started, refused) => {
      this.waiting.set(id, { started, refused, ended, endedPromise });
      this.tell({ type: 'start', id, spec });
    });
  }

  /** Shortens every stop that is under way or still to come. */
  hurry(): void {
    this.tell({ type: 'hurry' });
  }

  /** Has a folder removed once everything has ended, in whichever way that comes about. */
  discard(folder: string): void {
    this.tell({ type: 'discard', folder });
  }

  /** Ends all processes, the highest tier first, and then the keeper itself. May be called again. */
  async close(): Promise<void> {
    this.closing = true;
    this.tell({ type: 'stop-all' });
    await this.closed;
  }

  private tell(message: ToKeeper): void {
    if (this.child.connected) this.child.send(message, () => undefined);
    else if (message.type === 'start') this.refuse(message.id, 'the keeper of the processes has ended');
  }

  private hear(message: FromKeeper): void {
    if (message.type === 'ready') return;
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    if (message.type === 'started')
      waiting.started(this.keptProcess(message.id, message.pid, waiting.endedPromise));
    else if (message.type === 'refused') this.refuse(message.id, message.message);
    else {
      this.waiting.delete(message.id);
      waiting.ended(message.exit);
    }
  }

  private keptProcess(id: number, pid: number, ended: Promise<ProcessExit>): KeptProcess {
    return {
      pid,
      ended,
      stop: () => {
        this.tell({ type: 'stop', id });
        return ended;
      },
      signal: (signal) => this.tell({ type: 'signal', id, signal }),
    };
  }

  private refuse(id: number, reason: string): void {
    this.waiting
      .get(id)
      ?.refused(new LocalStackError('process-ended', `A process could not be started: ${reason}.`));
    this.waiting.delete(id);
  }

  private releaseAll(): void {
    for (const [id, waiting] of this.waiting) {
      this.refuse(id, 'the keeper of the processes has ended');
      waiting.ended({ code: null, signal: null });
    }
  }
}

/** Starts a keeper. What goes wrong in the keeper itself is written to `logPath`. */
export async function startKeeper(logPath: string): Promise<Keeper> {
  mkdirSync(dirname(logPath), { recursive: true });
  const log = openSync(logPath, 'a', 0o600);
  try {
    const child = fork(fileURLToPath(new URL('./keeper.js', import.meta.url)), [], {
      detached: true,
      // Options of the caller's Node, an inspector port for one, are not meant for the keeper.
      execArgv: [],
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', log, log, 'ipc'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('error', reject);
      child.once('exit', () =>
        reject(new LocalStackError('process-ended', `The keeper ended at once; see ${logPath}.`)),
      );
    });
    return new Keeper(child);
  } finally {
    closeSync(log);
  }
}
