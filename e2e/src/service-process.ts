import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

export type ServiceName = 'api' | 'scheduler' | 'fetcher' | 'importer';

/** A service running as a process of its own. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly pid: number;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<void>;
  isRunning(): boolean;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
}

const entry = join(import.meta.dirname, '..', 'service-process.mjs');

/** Starts a service with exactly the given environment; its log goes to `logFile`. */
export function startService(
  name: ServiceName,
  env: Record<string, string>,
  logFile: string,
): ServiceProcess {
  const child: ChildProcess = spawn(process.execPath, [entry, name], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = once(child, 'exit').then(() => {
    log.end();
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    name,
    pid: child.pid!,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
