/**
 * A fetcher as a process that stops, for good, at a named instant of a refresh of tokens, and says so in its log.
 *
 *   TEST_HOLD_AT=checkpoint node fetcher-process.mjs
 */
import { fetcherEnvSchema, start } from '@tidetable/fetcher';
import { createLogger, parseEnvironment, runService } from '@tidetable/service-host';

const env = parseEnvironment(fetcherEnvSchema, process.env);
const logger = createLogger('fetcher', env.LOG_LEVEL);

async function refreshCheckpoint(instant) {
  if (instant !== process.env.TEST_HOLD_AT) return;
  logger.info({ instant }, 'held at checkpoint');
  await new Promise(() => undefined);
}

await runService(logger, () => start(env, logger, { refreshCheckpoint }));
