/** The checks that need no running servers, each a small job of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { note } from './progress.mjs';
import { checkout, excerpt, runCommand } from './run-command.mjs';

const program = (path) => join(checkout, 'node_modules', path);
const generator = join(checkout, 'scripts/generate-docs.mjs');

const checks = [
  { name: 'format', args: [program('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', args: [program('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'types', args: [program('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'boundaries',
    args: [
      program('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      ...['apps', 'packages', 'e2e', 'bench', 'chaos'],
    ],
  },
  { name: 'unused', args: [program('knip/bin/knip.js'), '--no-config-hints'] },
  { name: 'lock file', args: [join(checkout, 'scripts/complete-lock-file.mjs'), '--check'] },
  { name: 'generated files', args: [generator, '--check'], onlyIf: generator },
];

/** Runs every check, two at a time, and says of each whether it passed. Resolves with how many did and did not. */
export async function runChecks() {
  const queue = checks.filter(({ onlyIf }) => !onlyIf || existsSync(onlyIf));
  const counts = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const { code, output } = await runCommand(process.execPath, check.args);
      counts[code === 0 ? 'passed' : 'failed'] += 1;
      note(code === 0 ? `${check.name}: passed` : `${check.name}: failed\n${excerpt(output, 30)}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return counts;
}
