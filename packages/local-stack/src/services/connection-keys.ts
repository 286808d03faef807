import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileName = 'connection-keys';

/**
 * What customers' tokens are encrypted with on this machine: read from the data folder, or made once. Without this file
 * the tokens in the database beside it are lost, and customers have to connect again.
 */
export function readConnectionKeys(dataFolder: string): string {
  const path = join(dataFolder, fileName);
  if (!existsSync(path)) {
    // Whole or not there, whatever happens meanwhile.
    writeFileSync(`${path}.new`, `local:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, 'utf8').trim();
}
