import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lchownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { recall, remember, type Remembered } from './remembered.js';
import { unprivilegedUser, type UnixUser } from './unprivileged-user.js';

const elsewhereParent = '/var/lib/tidetable';

/** Where the servers of one data folder keep what, and as whom they run. */
export interface Place {
  /** Holds logs and what is remembered. Belongs to the caller. */
  dataFolder: string;
  /** Parent of the two folders below: the data folder, or a folder that the servers' user can reach. */
  serversFolder: string;
  clusterFolder: string;
  natsFolder: string;
  logsFolder: string;
  user?: UnixUser;
}

/** Makes the data folder when it is not there. */
export function makeDataFolder(dataFolder: string): void {
  explainingFailure(dataFolder, () => mkdirSync(join(dataFolder, 'logs'), { recursive: true, mode: 0o700 }));
}

/** Makes the folders of the servers, owned by the user that they run as. May be repeated; only call it under the lock. */
export function choosePlace(dataFolder: string, onProgress: (sentence: string) => void): Place {
  return explainingFailure(dataFolder, () => {
    const user = unprivilegedUser();
    const serversFolder = user ? reachableFolder(dataFolder, user, onProgress) : dataFolder;
    const place = placeIn(dataFolder, serversFolder, user);
    for (const folder of [place.clusterFolder, place.natsFolder]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (user) lchownSync(folder, user.uid, user.gid);
    }
    return place;
  });
}

function explainingFailure<T>(dataFolder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LocalStackError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The data folder ${dataFolder} cannot be used: ${reason}. Choose another one, or make it writable.`;
    throw new LocalStackError('folder-unusable', message, { cause: error });
  }
}

/** The version of PostgreSQL that wrote the cluster of a data folder; undefined when there is none yet. */
export function clusterMajor(dataFolder: string): number | undefined {
  const versionFile = join(recall(dataFolder).elsewhere ?? dataFolder, 'postgres', 'PG_VERSION');
  return existsSync(versionFile) ? Number(readFileSync(versionFile, 'utf8')) : undefined;
}

function placeIn(dataFolder: string, serversFolder: string, user: UnixUser | undefined): Place {
  return {
    dataFolder,
    serversFolder,
    clusterFolder: join(serversFolder, 'postgres'),
    natsFolder: join(serversFolder, 'nats'),
    logsFolder: join(dataFolder, 'logs'),
    user,
  };
}

/** The data folder may lie below one, /root for example, that another user may not pass; we do not open that up. */
function reachableFolder(dataFolder: string, user: UnixUser, onProgress: (sentence: string) => void): string {
  const remembered = recall(dataFolder);
  if (remembered.elsewhere) {
    mkdirSync(remembered.elsewhere, { recursive: true, mode: 0o711 });
    return remembered.elsewhere;
  }
  chmodSync(dataFolder, statSync(dataFolder).mode | 0o011);
  if (canEnter(dataFolder, user)) return dataFolder;
  return moveElsewhere(dataFolder, remembered, onProgress);
}

/**
 * The name is random and not made from the data folder's path, so that a new checkout at an old path begins with new
 * databases instead of another checkout's, whose password it does not know.
 */
function moveElsewhere(
  dataFolder: string,
  remembered: Remembered,
  onProgress: (sentence: string) => void,
): string {
  const elsewhere = join(elsewhereParent, randomBytes(6).toString('hex'));
  mkdirSync(elsewhereParent, { recursive: true, mode: 0o711 });
  mkdirSync(elsewhere, { mode: 0o711 });
  remember(dataFolder, { ...remembered, elsewhere });
  onProgress(
    `Keeping the databases in ${elsewhere}, since the user that runs them cannot reach the data folder.`,
  );
  return elsewhere;
}

/** Asks the system, as that user: modes, owners and access lists of every folder above decide, and it knows them. */
function canEnter(folder: string, user: UnixUser): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', env: {}, ...user }).status === 0
  );
}
