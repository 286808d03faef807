import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aDataFolder, ask, aStack, aStackInAChild, cleanUp, serverPids, untilEnded } from './a-stack.js';

afterEach(cleanUp);

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('a local stack whose process is killed', () => {
  it('leaves no process behind, and its data to the next start', async () => {
    const folder = aDataFolder();
    const { child, metadataDatabaseUrl, keeperPid } = await aStackInAChild(folder);
    await ask(metadataDatabaseUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    const pids = [...serverPids(folder), keeperPid];
    await kill(child);
    await untilEnded(pids);
    const next = await aStack(folder);
    expect(await ask(next.metadataDatabaseUrl, 'SELECT value FROM kept')).toBe(42);
  }, 30_000);

  it('is followed at once by a next start, which waits until the servers have ended', async () => {
    const folder = aDataFolder();
    const { child, metadataDatabaseUrl } = await aStackInAChild(folder);
    await ask(metadataDatabaseUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    await kill(child);
    const next = await aStack(folder);
    expect(await ask(next.metadataDatabaseUrl, 'SELECT value FROM kept')).toBe(42);
  }, 30_000);

  it('leaves no process behind when its keeper is killed too', async () => {
    const folder = aDataFolder();
    const { child, metadataDatabaseUrl, keeperPid } = await aStackInAChild(folder);
    await ask(metadataDatabaseUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    const pids = serverPids(folder);
    process.kill(keeperPid, 'SIGKILL');
    await kill(child);
    const next = await aStack(folder);
    await untilEnded(pids);
    expect(await ask(next.metadataDatabaseUrl, 'SELECT value FROM kept')).toBe(42);
  }, 30_000);
});
