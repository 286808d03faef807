import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The nats-server program: on the PATH, or where packages put it without being on everyone's PATH. */
export function findNatsServer(path: string): string | undefined {
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
  return folders.map((folder) => join(folder, 'nats-server')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
