import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServiceName } from '../faults/fault.js';

const require = createRequire(import.meta.url);

/** How long it takes to start a process again that has ended without being killed. */
const ownEndPauseMs = 500;

/** A service's process that is started again whenever it ends. */
export class KeptService {
  private child: ChildProcess | undefined;
  private pauseMs: number | undefined;
  private stopped = false;
  private living: Promise<void> | undefined;
  /** How often it ended although nobody had killed it. */
  ownEnds = 0;

  constructor(
    private readonly name: ServiceName,
    private readonly env: Record<string, string>,
    private readonly logFile: string,
  ) {}

  start(): void {
    this.living = this.live();
  }

  /** Ends it as a power cut would; it comes back after the pause. Does nothing while it is down. */
  kill(pauseMs: number): void {
    if (!this.isUp) return;
    this.pauseMs = pauseMs;
    this.child?.kill('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it for good: asks first, and insists after ten seconds. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this;
    child?.kill('SIGCONT');
    child?.kill('SIGTERM');
    const insist = setTimeout(() => child?.kill('SIGKILL'), 10_000);
    await this.living;
    clearTimeout(insist);
  }

  private get isUp(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  private async live(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    while (!this.stopped) {
      this.child = spawn(process.execPath, [mainOf(this.name)], {
        env: this.env,
        stdio: ['ignore', log, log],
      });
      await once(this.child, 'exit');
      if (this.stopped) return;
      if (this.pauseMs === undefined) this.ownEnds += 1;
      await pause(this.pauseMs ?? ownEndPauseMs);
      this.pauseMs = undefined;
    }
  }
}

function mainOf(name: ServiceName): string {
  return join(dirname(require.resolve(`@tidetable/${name}/package.json`)), 'dist', 'main.js');
}
