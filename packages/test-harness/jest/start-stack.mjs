/**
 * Before the medium and e2e tests: one PostgreSQL with PostGIS and one NATS for the whole run, made for speed and thrown
 * away afterwards. Jest calls this once for each of the two projects. Servers that the environment names, all three of
 * them, are used instead.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startLocalStack } from '@tidetable/local-stack';

async function startStack() {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tidetable-test-'));
  const onProgress = (sentence) => process.stderr.write(`${sentence}\n`);
  const stack = await startLocalStack({ dataFolder, durability: 'fast', temporary: true, onProgress });
  process.env.TEST_METADATA_DATABASE_URL = stack.metadataDatabaseUrl;
  process.env.TEST_DESTINATION_DATABASE_URL = stack.destinationDatabaseUrl;
  process.env.TEST_NATS_URL = stack.natsUrl;
  return stack;
}

export default async function setUp() {
  // Workers inherit the environment as it is after this.
  globalThis.tidetableTestStack ??= startStack();
  await globalThis.tidetableTestStack;
}
