import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiUnderTest, startApi } from './api-under-test.js';

const script = fileURLToPath(new URL('../../../scripts/accounts.mjs', import.meta.url));

let api: ApiUnderTest;
let dataFolder: string;

beforeAll(async () => {
  api = await startApi();
  dataFolder = mkdtempSync(join(tmpdir(), 'tidetable-test-'));
});
afterAll(async () => {
  await api.stop();
  rmSync(dataFolder, { recursive: true });
});

function writeStackFile(metadataDatabaseUrl: string): void {
  const apiUrl = `http://127.0.0.1:${api.port}`;
  writeFileSync(join(dataFolder, 'stack.json'), JSON.stringify({ metadataDatabaseUrl, apiUrl }));
}

/** What `npm run accounts` says, with nothing but the data folder to go by. */
function accounts(...words: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], TIDETABLE_DATA: dataFolder };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...words], { env }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe('npm run accounts', () => {
  it('prints a line that works as it is pasted, wherever the api listens', async () => {
    writeStackFile(api.databaseUrl);
    const [, url] = /curl "(\S+)"/.exec(await accounts('create', 'harbour')) ?? [];
    const answer = await fetch(url ?? '');
    expect([answer.status, await answer.json()]).toEqual([200, { synchronizations: [], total_entries: 0 }]);
  });

  it('says how to go on when the stack is stopped', async () => {
    writeStackFile('postgres://someone:secret@127.0.0.1:1/none');
    expect(await accounts('list')).toBe(
      'Tidetable is not running here. Start it with `npm start`, or set METADATA_DATABASE_URL.\n',
    );
  });
});
