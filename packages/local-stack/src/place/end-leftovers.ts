import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processCommand, processStart } from '../processes/process-start.js';
import { type Place } from './choose-place.js';

/** Signals in the order they are tried, and how long each is given. */
type Steps = readonly (readonly [NodeJS.Signals, number])[];

const postgresSteps: Steps = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5000],
  ['SIGKILL', 5000],
];
const natsSteps: Steps = [
  ['SIGTERM', 5000],
  ['SIGKILL', 5000],
];

/**
 * Ends servers that still run on this place although nothing keeps them any more: the keeper itself was killed, on a
 * system that could not signal its children then. Only call it while holding the lock of the place.
 */
export async function endLeftovers(place: Place, onProgress: (sentence: string) => void): Promise<void> {
  const postgres = pidIn(join(place.clusterFolder, 'postmaster.pid'), place.clusterFolder);
  if (postgres) {
    onProgress('Stopping PostgreSQL, left over from an earlier start.');
    await end(postgres, postgresSteps);
  }
  const nats = pidIn(join(place.natsFolder, 'nats.pid'), place.natsFolder);
  if (nats) {
    onProgress('Stopping nats-server, left over from an earlier start.');
    await end(nats, natsSteps);
  }
}

/** The pid in a pid file, when that process is of this folder and not another that was given the same number. */
function pidIn(pidFile: string, folder: string): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  return processStart(pid) !== undefined && processCommand(pid).includes(folder) ? pid : undefined;
}

async function end(pid: number, steps: Steps): Promise<void> {
  const start = processStart(pid);
  for (const [signal, waitMs] of steps) {
    const deadline = performance.now() + waitMs;
    signalIfThere(pid, signal);
    while (performance.now() < deadline) {
      if (processStart(pid) !== start) return;
      await delay(25);
    }
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in this moment.
  }
}
