import { readFileSync } from 'node:fs';
import { LocalStackError } from '../local-stack-error.js';

/** A user of this machine, by its numbers. */
export interface UnixUser {
  uid: number;
  gid: number;
}

/**
 * The user that the servers must run as: undefined when we are no superuser, and then they run as whoever we are.
 * PostgreSQL refuses to run as root, and NATS has no need to.
 */
export function unprivilegedUser(): UnixUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8');
  const user = ['postgres', '_postgres', 'nobody'].map((name) => parseAccount(accounts, name)).find(Boolean);
  if (!user) {
    throw new LocalStackError(
      'folder-unusable',
      'PostgreSQL must not run as root, and this machine has no user `postgres` or `nobody` to run it as. ' +
        'Create one with `useradd --system postgres`, or start as another user.',
    );
  }
  return user;
}

/** Finds a user in the text of /etc/passwd. Ids are as the file writes them; root's and negative ones don't count. */
export function parseAccount(accounts: string, name: string): UnixUser | undefined {
  const fields = accounts.split('\n').map((line) => line.split(':'));
  const found = fields.find((field) => field[0] === name);
  const [uid, gid] = [Number(found?.[2]), Number(found?.[3])];
  return found && uid > 0 && gid >= 0 ? { uid, gid } : undefined;
}
