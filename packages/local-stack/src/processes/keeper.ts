/**
 * The keeper: a process of its own that runs other processes and outlives whoever asked for them just long enough to
 * end them. It is detached, so neither Ctrl-C in a terminal nor the death of its parent reaches it directly; it learns
 * of the latter by its channel closing, then stops everything in order and exits. Its parent may therefore be killed
 * in any way without leaving a database or a service behind.
 */
import { rmSync } from 'node:fs';
import { type FromKeeper, type ToKeeper } from './keeper-protocol.js';
import { KeptChild } from './kept-child.js';

const kept = new Map<number, KeptChild>();
const discarded: string[] = [];
let hurried = false;
let closing: Promise<void> | undefined;

function tell(message: FromKeeper): void {
  // The parent may be gone already, and then nobody is left to be told.
  if (process.connected) process.send?.(message, () => undefined);
}

function start(id: number, spec: KeptChild['spec']): void {
  if (closing) return tell({ type: 'refused', id, message: 'everything is being stopped' });
  try {
    const child = new KeptChild(spec);
    kept.set(id, child);
    child.child.once('spawn', () => tell({ type: 'started', id, pid: child.child.pid ?? 0 }));
    child.child.once('error', (error) => tell({ type: 'refused', id, message: error.message }));
    void child.ended.then((exit) => {
      kept.delete(id);
      tell({ type: 'exited', id, exit });
    });
  } catch (error) {
    tell({ type: 'refused', id, message: error instanceof Error ? error.message : String(error) });
  }
}

/** Ends all processes, the highest tier first, removes what nobody needs then, and ends the keeper. */
function stopAll(): Promise<void> {
  closing ??= (async () => {
    while (kept.size > 0) {
      const highest = Math.max(...[...kept.values()].map((child) => child.spec.tier));
      const tier = [...kept.values()].filter((child) => child.spec.tier === highest);
      await Promise.all(tier.map((child) => child.stop(hurried)));
    }
    for (const folder of discarded) rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  })();
  return closing;
}

function hurry(): void {
  hurried = true;
  for (const child of kept.values()) child.hurry();
}

process.on('message', (message: ToKeeper) => {
  switch (message.type) {
    case 'start':
      return start(message.id, message.spec);
    case 'stop':
      return void kept.get(message.id)?.stop(hurried);
    case 'signal':
      return void kept.get(message.id)?.child.kill(message.signal);
    case 'discard':
      return void discarded.push(message.folder);
    case 'hurry':
      return hurry();
    case 'stop-all':
      return void stopAll();
  }
});
process.on('disconnect', () => void stopAll());
process.on('SIGTERM', () => void stopAll());
process.on('SIGINT', () => void stopAll());
process.on('SIGHUP', () => undefined);
tell({ type: 'ready' });
