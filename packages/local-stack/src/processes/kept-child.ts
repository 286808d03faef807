import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { type ProcessExit, type ProcessSpec } from './keeper-protocol.js';

const setpriv = '/usr/bin/setpriv';

/** How long a hurried stop lets each remaining signal work. */
const hurriedStepMs = 500;

/** A process of the keeper's, with the signals that end it. `stop` may be called again, and does nothing then. */
export class KeptChild {
  readonly child: ChildProcess;
  readonly ended: Promise<ProcessExit>;
  private timers: NodeJS.Timeout[] = [];
  private stepsDone = 0;
  private stopping = false;
  private hasEnded = false;

  constructor(readonly spec: ProcessSpec) {
    this.child = spawnKept(spec);
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => this.end(resolve, { code, signal }));
      this.child.once('error', () => {
        // Without a pid nothing was started, and no exit will follow.
        if (this.child.pid === undefined) this.end(resolve, { code: null, signal: null });
      });
    });
  }

  /** Sends the stop signals one after the other, resolving when the process has ended. */
  stop(hurried: boolean): Promise<ProcessExit> {
    if (!this.stopping && !this.hasEnded) {
      this.stopping = true;
      this.schedule(hurried ? hurriedStepMs : undefined);
    }
    return this.ended;
  }

  /** Lets a stop that is under way wait no longer for the gentler signals. */
  hurry(): void {
    if (!this.stopping || this.hasEnded) return;
    this.clearTimers();
    this.schedule(hurriedStepMs);
  }

  private schedule(stepMs?: number): void {
    const rest = this.spec.stopSteps.slice(this.stepsDone);
    rest.forEach((step, at) => {
      const send = (): void => {
        this.stepsDone += 1;
        this.child.kill(step.signal);
      };
      const delayMs = stepMs === undefined ? step.afterMs : at * stepMs;
      if (delayMs === 0) send();
      else this.timers.push(setTimeout(send, delayMs));
    });
  }

  private end(resolve: (exit: ProcessExit) => void, exit: ProcessExit): void {
    this.hasEnded = true;
    this.clearTimers();
    resolve(exit);
  }

  private clearTimers(): void {
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
  }
}

function spawnKept(spec: ProcessSpec): ChildProcess {
  const log = openSync(spec.logPath, 'a', 0o600);
  try {
    const [command, args] = dyingWithTheKeeper(spec);
    return spawn(command, args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: ['ignore', log, log],
      ...(spec.user ? { uid: spec.user.uid, gid: spec.user.gid } : {}),
    });
  } finally {
    closeSync(log);
  }
}

/**
 * The keeper ends what it keeps; should the keeper itself be killed with no chance to, Linux can still signal its
 * children. Elsewhere such a leftover is found and ended by the next start.
 */
function dyingWithTheKeeper(spec: ProcessSpec): [string, string[]] {
  const gentlest = spec.stopSteps[0]?.signal ?? 'SIGTERM';
  if (process.platform !== 'linux' || !existsSync(setpriv)) return [spec.command, [...spec.args]];
  return [setpriv, ['--pdeathsig', gentlest.replace('SIG', ''), '--', spec.command, ...spec.args]];
}
