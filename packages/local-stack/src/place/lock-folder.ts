import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from '../local-stack-error.js';
import { processStart } from '../processes/process-start.js';

/** Who holds a folder: the process that started the stack, and the keeper that may outlive it for a moment. */
interface Holder {
  pid: number;
  start: string;
  keeperPid?: number;
  keeperStart?: string;
}

/** A folder held for this process. */
export interface FolderLock {
  /** Says that this keeper works in the folder too: while it does, nobody else may. */
  addKeeper(pid: number): void;
  release(): void;
}

const keeperWaitMs = 40_000;

/**
 * Holds a folder for this process, so that two starts never run servers on the same data. A lock whose holder has ended
 * is taken over, once the holder's keeper has ended the servers. Fails at once when the holder still runs.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock.json');
  const mine: Holder = { pid: process.pid, start: processStart(process.pid) ?? '' };
  while (!tryLock(path, mine)) {
    const text = readLock(path);
    const holder = parseHolder(text);
    if (holder && processStart(holder.pid) === holder.start) throw alreadyRunning(folder, holder.pid);
    await untilKeeperEnded(folder, holder);
    removeStale(path, text);
  }
  return {
    addKeeper: (pid) => writeHolder(path, { ...mine, keeperPid: pid, keeperStart: processStart(pid) }),
    release: () => rmSync(path, { force: true }),
  };
}

/** A link appears with its content or not at all, so a lock is never seen half-written. */
function tryLock(path: string, holder: Holder): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

/** Of several that found the same stale lock only one moves it away; what another put there meanwhile is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readLock(aside) !== stale) linkSync(aside, path);
  rmSync(aside);
}

async function untilKeeperEnded(folder: string, holder: Holder | undefined): Promise<void> {
  if (!holder?.keeperPid || !holder.keeperStart) return;
  const deadline = performance.now() + keeperWaitMs;
  while (processStart(holder.keeperPid) === holder.keeperStart) {
    if (performance.now() > deadline) throw alreadyRunning(folder, holder.keeperPid);
    await delay(50);
  }
}

function writeHolder(path: string, holder: Holder): void {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  renameSync(own, path);
}

function readLock(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function alreadyRunning(folder: string, pid: number): LocalStackError {
  return new LocalStackError(
    'already-running',
    `The folder ${folder} is in use already, by process ${pid}. ` +
      'Stop that one first, or choose another data folder.',
  );
}
