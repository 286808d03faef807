import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { type Place } from '../place/choose-place.js';
import { type UnixUser } from '../place/unprivileged-user.js';
import { type PostgresServer } from '../programs/find-postgres.js';
import { serverEnvironment } from '../server-environment.js';
import { type Durability } from './postgres-settings.js';

/** The superuser of our own cluster. */
export const clusterUser = 'tidetable';

/**
 * Makes the cluster when there is none: UTF-8, the same order of text on every machine, every connection by password.
 * It is made beside its place and moved there when finished, so an interrupted start leaves none, and data that are
 * there are never touched.
 */
export async function initCluster(
  server: PostgresServer,
  place: Place,
  password: string,
  durability: Durability,
): Promise<void> {
  if (existsSync(join(place.clusterFolder, 'PG_VERSION'))) return;
  const unfinished = `${place.clusterFolder}.unfinished`;
  const passwordFile = `${place.clusterFolder}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    giveTo(place.user, [unfinished, passwordFile]);
    await runInitdb(server, place, initdbArguments(server.major, unfinished, passwordFile, durability));
    renameSync(unfinished, place.clusterFolder);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function giveTo(user: UnixUser | undefined, paths: readonly string[]): void {
  if (!user) return;
  for (const path of paths) chownSync(path, user.uid, user.gid);
}

function initdbArguments(
  major: number,
  folder: string,
  passwordFile: string,
  durability: Durability,
): string[] {
  const locale =
    major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : [`--locale=${process.platform === 'linux' ? 'C.UTF-8' : 'C'}`];
  return [
    `--pgdata=${folder}`,
    '--encoding=UTF8',
    ...locale,
    `--username=${clusterUser}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-instructions',
    ...(durability === 'fast' ? ['--no-sync'] : []),
  ];
}

function runInitdb(server: PostgresServer, place: Place, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(server.binFolder, 'initdb'), args, {
      cwd: '/',
      env: serverEnvironment(place.clusterFolder),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...place.user,
    });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString('utf8'));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const tail = output.trimEnd().split('\n').slice(-10).join('\n').replace(/^/gm, '  | ');
      const message = `PostgreSQL could not make its cluster in ${place.clusterFolder}; mend what it says:\n${tail}`;
      reject(new LocalStackError('process-ended', message));
    });
  });
}
