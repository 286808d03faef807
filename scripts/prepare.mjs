/** Makes a checkout runnable: dependencies as the lock file says, everything built. Fast when nothing changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { say } from './progress.mjs';
import { checkout, mustRun } from './run-command.mjs';

const lockFile = join(checkout, 'package-lock.json');
/** npm writes this when an installation is complete, and only then. */
const npmsOwnLockFile = join(checkout, 'node_modules/.package-lock.json');
const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };

/** Installs and builds what is not up to date. Rejects with the end of what the failing tool said. */
export async function prepare() {
  checkNode();
  await install();
  say('Building.');
  const turbo = join(checkout, 'node_modules/turbo/bin/turbo');
  await mustRun('The build', process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only'], quiet);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node ${process.versions.node} is too old. Install Node 20.19 or newer.`);
}

async function install() {
  if (isInstalled()) return;
  say('Installing dependencies with npm ci.');
  // npm names itself to the scripts it runs; otherwise it is found on the PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm ci', command, [...first, ...args]);
}

/** Whether everything that the lock file names is there in its version, by what npm wrote down when it was done. */
function isInstalled() {
  if (!existsSync(npmsOwnLockFile)) return false;
  const wanted = Object.entries(readPackages(lockFile));
  const installed = readPackages(npmsOwnLockFile);
  return wanted.every(([place, entry]) => {
    // Those of other platforms are named too, and never installed; workspaces are the checkout itself.
    if (entry.optional || !place.includes('node_modules/')) return true;
    return installed[place] !== undefined && installed[place].version === entry.version;
  });
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
