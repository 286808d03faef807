import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running installation on this machine tells other programs: how to reach every part of it. */
export interface StackFile {
  apiUrl: string;
  apiKey: string;
  username: string;
  metadataDatabaseUrl: string;
  destinationDatabaseUrl: string;
  natsUrl: string;
}

/** What the last start wrote; undefined before the first one. */
export function readStackFile(dataFolder: string): StackFile | undefined {
  const path = join(dataFolder, 'stack.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StackFile) : undefined;
}

/** Writes the file for its owner's eyes only, since it holds the key. A reader sees the old one or the new one. */
export function writeStackFile(dataFolder: string, content: StackFile): void {
  const path = join(dataFolder, 'stack.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
