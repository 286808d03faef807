import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';

/** What one start leaves for the next, beside the data. */
export interface Remembered {
  /** The superuser's, of our own cluster. */
  postgresPassword: string;
  /** Where the servers' data are, when they could not be in the data folder. */
  elsewhere?: string;
  postgresPort?: number;
  natsPort?: number;
}

const fileName = 'local-stack.json';

/** Reads what an earlier start left in the data folder, or begins anew with a password of its own. */
export function recall(dataFolder: string): Remembered {
  const path = join(dataFolder, fileName);
  if (!existsSync(path)) return { postgresPassword: randomBytes(18).toString('base64url') };
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Remembered;
  } catch (cause) {
    const message = `${path} cannot be read. Restore it, or remove the whole folder to begin with empty databases.`;
    throw new LocalStackError('folder-unusable', message, { cause });
  }
}

/** Keeps what the next start needs. Either the old file or the new one is there, whatever happens meanwhile. */
export function remember(dataFolder: string, remembered: Remembered): void {
  const path = join(dataFolder, fileName);
  writeFileSync(`${path}.new`, `${JSON.stringify(remembered, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
