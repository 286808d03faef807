/**
 * A scheduler as a process of its own that ends itself (SIGKILL) at the checkpoint it is told, as a crash would.
 * Arguments: the checkpoint; the environment is the scheduler's.
 */
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { schedulerEnvSchema, start } from '@tidetable/scheduler';
import process from 'node:process';

const [, , crashAt] = process.argv;
const env = parseEnvironment(schedulerEnvSchema, process.env);
await start(env, createLogger('scheduler', 'fatal'), {
  checkpoint: async (name) => {
    if (name === crashAt) process.kill(process.pid, 'SIGKILL');
  },
});
