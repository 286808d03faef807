/** Figures that can be trusted on a shared machine: in turn, medians, and ratios round by round. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const round = (number, digits = 2) => Number(number.toFixed(digits));

/**
 * Runs every contestant once a round, in turn, after one round that does not count.
 * @param {Record<string, () => Promise<number>>} contestants each returns its own seconds
 */
export async function race(contestants, rounds) {
  const seconds = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let n = 0; n <= rounds; n++) {
    for (const [name, run] of Object.entries(contestants)) {
      const took = await run();
      if (n > 0) seconds[name].push(took);
      console.log(`${n === 0 ? 'warm-up' : `round ${n}`}  ${name.padEnd(28)} ${took.toFixed(2)} s`);
    }
  }
  return seconds;
}

/** Medians of each contestant and of the ratios of `ours` to it, round by round. */
export function summarize(seconds, ours) {
  return Object.fromEntries(
    Object.entries(seconds).map(([name, each]) => [
      name,
      {
        medianSeconds: round(median(each)),
        minSeconds: round(Math.min(...each)),
        maxSeconds: round(Math.max(...each)),
        ...(name !== ours && { ratio: round(median(each.map((took, n) => seconds[ours][n] / took))) }),
      },
    ]),
  );
}

/** How busy the machine was with other things when this began: what two processes share tells nothing about one. */
const loadAtStart = loadavg()[0];

/** What the figures were measured on; nothing that names the machine. */
export function describeMachine() {
  const version = (command, args) => execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n')[0];
  return {
    processor: cpus()[0].model.trim(),
    cores: cpus().length,
    loadAtStart: round(loadAtStart, 1),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgresql: version('psql', ['--version']).replace('psql (PostgreSQL) ', ''),
    commit: version('git', ['rev-parse', '--short', 'HEAD']),
  };
}

/** Adds a result to the committed history of its benchmark. */
export async function record(name, result) {
  const folder = join(import.meta.dirname, '..', 'history');
  const file = join(folder, `${name}.json`);
  await mkdir(folder, { recursive: true });
  const history = JSON.parse(await readFile(file, 'utf8').catch(() => '[]'));
  history.push({ at: new Date().toISOString().slice(0, 16) + 'Z', machine: describeMachine(), ...result });
  await writeFile(file, `${JSON.stringify(history, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));
}

export async function timed(work) {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
