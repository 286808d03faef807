/** A process that comes back when it is killed, as an operator's supervisor would have it. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const restartMs = 2_000;

/** `start` resolves with a child process that works. */
export async function keepRunning(start) {
  let child = await start();
  let isWanted = true;
  let keeping = keep();

  async function keep() {
    while (isWanted) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (!isWanted) return;
      await sleep(restartMs);
      child = await start();
    }
  }

  return {
    kill: async () => {
      child.kill('SIGKILL');
    },
    stop: async () => {
      isWanted = false;
      child.kill('SIGTERM');
      await keeping;
    },
  };
}
