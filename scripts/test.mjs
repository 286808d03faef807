/**
 * `npm test`: installs and builds what is needed, then every check and every test of the repository, the latter on
 * servers that it brings up itself. Arguments are passed on to Jest. The last line says how many passed and failed;
 * a check counts as one test.
 */
import process from 'node:process';
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';
import { note, say } from './progress.mjs';
import { runJest } from './run-jest.mjs';

async function test() {
  try {
    await prepare();
  } catch (error) {
    note(error.message);
    return { passed: 0, failed: 1 };
  }
  say('Checking format, lint, types and boundaries.');
  const checks = await runChecks();
  note('Testing.');
  const tests = await runJest(['--maxWorkers=2', ...process.argv.slice(2)]);
  return { passed: checks.passed + tests.passed, failed: checks.failed + tests.failed };
}

const { passed, failed } = await test();
process.stdout.write(`${passed} passed, ${failed} failed\n`, () => process.exit(failed > 0 ? 1 : 0));
