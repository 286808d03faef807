/**
 * One service as a process that can be made to die, or to wait, at a named instant.
 *
 *   node service-process.mjs NAME
 *
 * TEST_CRASH_AT=a,b          dies with SIGKILL at each of these checkpoints, once: whoever is first to create the file
 *                            called like it in the folder TEST_CRASH_MARKERS
 * TEST_HOLD_AT=checkpoint    waits there until TEST_HOLD_MARKER is removed
 */
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, parseEnvironment, runService } from '@tidetable/service-host';

const [name] = process.argv.slice(2);
const service = await import(`@tidetable/${name}`);
const env = parseEnvironment(service[`${name}EnvSchema`], process.env);
const logger = createLogger(name, env.LOG_LEVEL);

const { TEST_CRASH_AT = '', TEST_CRASH_MARKERS, TEST_HOLD_AT, TEST_HOLD_MARKER } = process.env;

async function checkpoint(instant) {
  const isDeadly = TEST_CRASH_AT.split(',').includes(instant);
  if (isDeadly && isFirst(join(TEST_CRASH_MARKERS, instant))) process.kill(process.pid, 'SIGKILL');
  if (instant === TEST_HOLD_AT) {
    logger.info({ instant }, 'held at checkpoint');
    while (existsSync(TEST_HOLD_MARKER)) await sleep(20);
  }
}

function isFirst(marker) {
  try {
    openSync(marker, 'wx');
    return true;
  } catch {
    return false;
  }
}

await runService(logger, () => service.start(env, logger, { checkpoint }));
