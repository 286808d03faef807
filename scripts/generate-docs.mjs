/**
 * Writes the documents that say what the code says: errors, events, the states, configuration,
 * dependencies, .env.example, and the types of the client.
 * Reads the built packages, so build first. With --check nothing is written: it exits 1, naming the files, when one
 * on disk is not what the code says.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { writeClientSchema } from './docs/client-schema.mjs';
import { writeConfiguration, writeEnvExample } from './docs/configuration.mjs';
import { writeDependencies } from './docs/dependencies.mjs';
import { writeErrors } from './docs/errors.mjs';
import { writeMetrics } from './docs/metrics.mjs';
import { writeEvents } from './docs/events.mjs';
import { writeStateMachine } from './docs/state-machine.mjs';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

const documents = {
  'docs/errors.md': writeErrors,
  'docs/events.md': writeEvents,
  'docs/metrics.md': writeMetrics,
  'docs/state-machine.md': writeStateMachine,
  'docs/configuration.md': writeConfiguration,
  'docs/dependencies.md': writeDependencies,
  '.env.example': writeEnvExample,
  'packages/client/src/schema.ts': writeClientSchema,
};

async function textOf(name) {
  const text = documents[name](checkout);
  if (!/\.(md|ts)$/.test(name)) return text;
  const path = join(checkout, name);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

const differing = [];
for (const name of Object.keys(documents)) {
  const path = join(checkout, name);
  const text = await textOf(name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  differing.push(name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
}

if (!process.argv.includes('--check')) {
  process.stdout.write(
    differing.length === 0 ? 'nothing has changed\n' : `written: ${differing.join(', ')}\n`,
  );
} else if (differing.length > 0) {
  process.stderr.write(
    `not what the code says: ${differing.join(', ')}; run "node scripts/generate-docs.mjs"\n`,
  );
  process.exitCode = 1;
}
