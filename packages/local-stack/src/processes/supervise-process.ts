import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from '../local-stack-error.js';
import { type ProcessExit, type ProcessSpec } from './keeper-protocol.js';
import { logBytes, logTail, prepareLogFile } from './log-file.js';
import { restartDelayMs } from './restart-delay.js';
import { type Keeper, type KeptProcess } from './start-keeper.js';

/** What it takes to keep one process running. */
export interface Supervision {
  /** As people call it: `PostgreSQL`, `the fetcher`. */
  name: string;
  spec: ProcessSpec;
  /** Whether the process answers already. A throw says that it never will. */
  isReady: () => Promise<boolean>;
  /** How long one start may take. */
  readyTimeoutMs: number;
  /** Marks, in the log, a failed start that succeeds when simply repeated a moment later. */
  passingFailure?: RegExp;
  /** How often it is tried at first before giving up. */
  firstStartTries: number;
  /** Told, in a sentence, of an end that nobody asked for and of what is done about it. */
  onNotice: (sentence: string) => void;
  /** Told once, when the process was given up after it had been ready. */
  onLost: (error: LocalStackError) => void;
}

const pollMs = 40;
const passingPauseMs = 100;
const passingTriesMax = 100;
const failuresMax = 6;
/** A process that lived this long is sound: earlier failures no longer count. */
const soundAfterMs = 60_000;

/**
 * A process that is started again whenever it ends unasked, with growing delays, until it fails too often in a row.
 * `stop` and `restart` may be called at any time; both wait until the process has really ended.
 */
export class SupervisedProcess {
  private current: KeptProcess | undefined;
  private stopped = false;
  private failures = 0;
  private readonly cancelled = new AbortController();

  constructor(
    private readonly keeper: Keeper,
    private readonly supervision: Supervision,
  ) {}

  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** Resolves when the process is ready; rejects, with the tail of its log, when it did not become so. */
  async start(): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.startOnce();
      } catch (error) {
        if (this.stopped || tried >= this.supervision.firstStartTries) throw error;
        this.supervision.onNotice(`${this.supervision.name} ended while starting; trying again.`);
        await this.pause(restartDelayMs(tried));
      }
    }
  }

  private get isOver(): boolean {
    return this.stopped || this.keeper.isClosing;
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelled.abort();
    await this.current?.stop();
  }

  /** Ends the process by its stop steps, or at once by `signal`, and starts it again. */
  async restart(signal?: NodeJS.Signals): Promise<void> {
    const old = this.current;
    this.current = undefined;
    if (signal) old?.signal(signal);
    await (signal ? old?.ended : old?.stop());
    await this.startOnce();
  }

  private async startOnce(): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.launch();
      } catch (error) {
        const passes =
          error instanceof LocalStackError && this.supervision.passingFailure?.test(error.message);
        if (!passes || this.stopped || tried === passingTriesMax) throw error;
        await this.pause(passingPauseMs);
      }
    }
  }

  private async launch(): Promise<void> {
    const { spec } = this.supervision;
    prepareLogFile(spec.logPath);
    const logStart = logBytes(spec.logPath);
    const process = await this.keeper.start(spec);
    if (this.stopped) await process.stop();
    this.current = process;
    const over = new AbortController();
    try {
      await Promise.race([
        this.untilReady(over.signal),
        process.ended.then((exit) => this.failToStart(exit, logStart)),
      ]);
    } catch (error) {
      this.current = undefined;
      await process.stop();
      throw error;
    } finally {
      over.abort();
    }
    void this.watch(process);
  }

  private async untilReady(over: AbortSignal): Promise<void> {
    const { isReady, name, readyTimeoutMs, spec } = this.supervision;
    const deadline = performance.now() + readyTimeoutMs;
    while (!over.aborted && !(await isReady())) {
      if (this.stopped)
        throw new LocalStackError('process-ended', `${name} was stopped while it was starting.`);
      if (performance.now() > deadline) {
        const seconds = Math.round(readyTimeoutMs / 1000);
        const tail = quote(logTail(spec.logPath, 15));
        throw new LocalStackError('process-not-ready', `${name} was not ready within ${seconds} s.${tail}`);
      }
      await this.pause(pollMs);
    }
  }

  private failToStart(exit: ProcessExit, logStart: number): never {
    const { name, spec } = this.supervision;
    const tail = logTail(spec.logPath, 25, logStart);
    const where = tail ? quote(tail) : ` Its log is ${spec.logPath}.`;
    throw new LocalStackError(
      'process-ended',
      `${name} ended while starting (${describeExit(exit)}).${where}`,
    );
  }

  private async watch(process: KeptProcess): Promise<void> {
    const startedAt = performance.now();
    const exit = await process.ended;
    if (this.isOver || this.current !== process) return;
    if (performance.now() - startedAt > soundAfterMs) this.failures = 0;
    await this.revive(exit);
  }

  private async revive(exit: ProcessExit): Promise<void> {
    const { name, onLost, onNotice, spec } = this.supervision;
    let how = describeExit(exit);
    while (!this.isOver) {
      this.failures += 1;
      if (this.failures > failuresMax) {
        const tail = quote(logTail(spec.logPath, 25));
        return onLost(new LocalStackError('process-ended', `${name} keeps ending (${how}).${tail}`));
      }
      const delayMs = restartDelayMs(this.failures);
      onNotice(`${name} ended (${how}); starting it again in ${delayMs / 1000} s.`);
      await this.pause(delayMs);
      if (this.isOver) return;
      try {
        await this.startOnce();
        return onNotice(`${name} is back.`);
      } catch (error) {
        how = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      }
    }
  }

  /** Waits, but no longer than until somebody asks for the stop. */
  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.cancelled.signal }).catch(() => undefined);
  }
}

function describeExit(exit: ProcessExit): string {
  if (exit.signal) return `signal ${exit.signal}`;
  return exit.code === null ? 'no exit code' : `exit code ${exit.code}`;
}

function quote(tail: string): string {
  return tail ? ` The end of its log:\n${tail.replace(/^/gm, '  | ')}` : '';
}
