import { setTimeout as pause } from 'node:timers/promises';
import { type Fault, type ServerName } from './fault.js';
import { type ChaosSystem } from '../system/start-system.js';

/** A fault as it came about. */
export interface CausedFault {
  readonly fault: Fault;
  readonly beganAt: Date;
  readonly endedAt: Date;
}

/** Causes all faults, each at its moment, and resolves with what became of them when the last one is over. */
export async function causeFaults(
  system: ChaosSystem,
  faults: readonly Fault[],
  say: (fault: Fault) => void,
): Promise<CausedFault[]> {
  const startedAt = performance.now();
  const restarts = new Map<ServerName, Promise<void>>();
  return Promise.all(
    faults.map(async (fault) => {
      await pause(fault.atMs - (performance.now() - startedAt));
      const beganAt = new Date();
      say(fault);
      await cause(system, fault, restarts);
      return { fault, beganAt, endedAt: new Date() };
    }),
  );
}

async function cause(
  system: ChaosSystem,
  fault: Fault,
  restarts: Map<ServerName, Promise<void>>,
): Promise<void> {
  switch (fault.kind) {
    case 'kill-service':
      system.service(fault.service, fault.replica).kill(fault.durationMs);
      return pause(fault.durationMs);
    case 'freeze-service': {
      const service = system.service(fault.service, fault.replica);
      return during(
        fault.durationMs,
        () => service.signal('SIGSTOP'),
        () => service.signal('SIGCONT'),
      );
    }
    case 'kill-server':
    case 'restart-server': {
      // A server that is being started already is not started a second time beside that.
      const earlier = restarts.get(fault.server) ?? Promise.resolve();
      const restart = earlier.then(() => restartServer(system, fault.server, fault.kind === 'kill-server'));
      restarts.set(fault.server, restart);
      return restart;
    }
    case 'stall-link':
    case 'cut-link': {
      const link = system.link(fault.link);
      const begin = (): void => (fault.kind === 'stall-link' ? link.stall() : link.cut());
      return during(fault.durationMs, begin, () => link.mend());
    }
    case 'fill-staging-disk':
      return during(
        fault.durationMs,
        () => system.stagingDisk.fill(),
        () => system.stagingDisk.free(),
      );
  }
}

async function during(durationMs: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  await pause(durationMs);
  end();
}

const restartTries = 5;

async function restartServer({ stack }: ChaosSystem, server: ServerName, isKilled: boolean): Promise<void> {
  const signal = isKilled ? 'SIGKILL' : undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      await (server === 'postgres' ? stack.restartPostgres(signal) : stack.restartNats(signal));
      return;
    } catch (error) {
      if (tried === restartTries) throw error;
      await pause(500);
    }
  }
}
