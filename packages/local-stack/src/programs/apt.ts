import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from '../local-stack-error.js';

const createClusterFolder = '/etc/postgresql-common/createcluster.d';
const updateTries = 20;

/** Whether packages can be installed with apt-get by the user that we are. */
export function canInstallWithApt(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * The name of the package that holds PostGIS for PostgreSQL: for `major` when it is offered, else for the newest
 * version offered. Undefined when the package lists name none (they may not have been fetched yet).
 */
export function offeredPostgisPackage(majors: readonly number[]): string | undefined {
  const names = aptOutput('apt-cache', ['pkgnames', 'postgresql-']);
  const offered = [...names.matchAll(/^postgresql-(\d+)-postgis-3$/gm)].map((match) => Number(match[1]));
  const newest = offered.length > 0 ? Math.max(...offered) : undefined;
  const major = majors.find((wanted) => offered.includes(wanted)) ?? newest;
  return major === undefined ? undefined : `postgresql-${major}-postgis-3`;
}

/** Fetches the package lists. Another apt that holds them is waited for. */
export async function updatePackageLists(): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const { code, output } = await apt(['update']);
    if (code === 0) return;
    const busy = output.includes('/var/lib/apt/lists/lock');
    if (!busy || tried === updateTries) throw aptError('apt-get update', output);
    await delay(3000);
  }
}

/** Installs packages without what they merely recommend, and without the cluster that Debian would make and start. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const dropIn = join(createClusterFolder, 'tidetable.conf');
  mkdirSync(createClusterFolder, { recursive: true });
  writeFileSync(dropIn, 'create_main_cluster = false\n');
  try {
    const { code, output } = await apt(['install', '-y', '--no-install-recommends', ...packages]);
    if (code !== 0) throw aptError(`apt-get install ${packages.join(' ')}`, output);
  } finally {
    rmSync(dropIn, { force: true });
  }
}

function apt(args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8192);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function aptOutput(command: string, args: string[]): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync(command, args, { encoding: 'utf8', stdio, env: { ...process.env, LC_ALL: 'C' } });
  } catch {
    return '';
  }
}

function aptError(command: string, output: string): LocalStackError {
  const tail = output.trimEnd().split('\n').slice(-15).join('\n').replace(/^/gm, '  | ');
  return new LocalStackError(
    'install-failed',
    `\`${command}\` failed. Mend what it says, then try again:\n${tail}`,
  );
}
