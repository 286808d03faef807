import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { checkout } from './run-command.mjs';

const resultsFile = join(checkout, '.test-results/jest.json');

/**
 * Runs Jest, showing what it prints. Resolves with how many tests passed and failed; a suite that could not even run,
 * a run without tests and a Jest that ends in any other bad way count as a failure each.
 */
export async function runJest(args) {
  mkdirSync(join(checkout, '.test-results'), { recursive: true });
  rmSync(resultsFile, { force: true });
  const code = await jest(['--ci', '--json', `--outputFile=${resultsFile}`, ...args]);
  if (!existsSync(resultsFile)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(resultsFile, 'utf8'),
  );
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const unexplained = failed === 0 && (code !== 0 || numPassedTests === 0);
  return { passed: numPassedTests, failed: unexplained ? 1 : failed };
}

function jest(args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const program = join(checkout, 'node_modules/jest/bin/jest.js');
  return new Promise((resolve, reject) => {
    // With --json the results go to standard output even when a file takes them, so that is not shown.
    const child = spawn(process.execPath, [...flags, program, ...args], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', resolve);
  });
}
