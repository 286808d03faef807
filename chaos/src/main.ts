/**
 * `npm run chaos -- [--seed 7] [--minutes 10] [--synchronizations 80]`: see docs/reliability.md. The last line says passed
 * or failed, and the exit code the same.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chaosRun } from './chaos-run.js';
import { isolatedFolder, runIsolated } from './isolate.js';
import { parseOptions } from './options.js';
import { formatReport } from './report/format-report.js';

/** Bringing up, settling and verifying take less; a run that hangs is a failure like any other. */
const extraMinutes = 8;
const resultsFolder = fileURLToPath(new URL('../../.test-results', import.meta.url));

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), Date.now() % 100_000);
  const folder = process.env[isolatedFolder];
  if (folder === undefined) {
    console.log(
      `Chaos with seed ${options.seed}: npm run chaos -- --seed ${options.seed} --minutes ${options.minutes}`,
    );
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return runIsolated(fileURLToPath(import.meta.url), args, process.env);
  }
  setTimeout(() => end('The chaos run took too long.'), (options.minutes + extraMinutes) * 60_000).unref();
  mkdirSync(resultsFolder, { recursive: true });
  const name = join(resultsFolder, `chaos-${options.seed}`);
  const place = { folder, logsFolder: `${name}-logs`, path: process.env['PATH'] };
  const report = await chaosRun(options, place, (sentence) => console.log(sentence));
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.md`, formatReport(report));
  console.log(formatReport(report));
  console.log(`Chaos ${report.passed ? 'passed' : 'failed'}, seed ${options.seed}.`);
  return report.passed ? 0 : 1;
}

/** Everything else ends with the first process of the namespace, whose child this is. */
function end(sentence: string): void {
  console.log(sentence);
  console.log('Chaos failed.');
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(`Ended by ${signal}.`));
main().then(
  (code) => process.exit(code),
  (error: unknown) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)),
);
