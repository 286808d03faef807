import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '@tidetable/local-stack';
import pg from 'pg';
import { processStart } from '../src/processes/process-start.js';

const folders: string[] = [];
const stacks: LocalStack[] = [];
const children: ChildProcess[] = [];

/** A new data folder, removed by `cleanUp`. */
export function aDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidetable-test-'));
  folders.push(folder);
  return folder;
}

/** Starts a stack in this process, stopped by `cleanUp`. The environment names no servers unless told. */
export async function aStack(
  dataFolder: string,
  options: Partial<LocalStackOptions> = {},
): Promise<LocalStack> {
  const env = { PATH: process.env['PATH'] };
  const stack = await startLocalStack({ dataFolder, durability: 'fast', env, ...options });
  stacks.push(stack);
  return stack;
}

/** What a stack in a process of its own says of itself. */
export interface ChildStack {
  child: ChildProcess;
  metadataDatabaseUrl: string;
  keeperPid: number;
}

/** Starts a stack in a process of its own, killed by `cleanUp`. */
export async function aStackInAChild(dataFolder: string): Promise<ChildStack> {
  const program = fileURLToPath(new URL('./start-and-stay.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, dataFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<ChildStack, 'child'>) };
}

/** Ends what the tests of a file started, and removes their data. */
export async function cleanUp(): Promise<void> {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const stack of stacks.splice(0)) await stack.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The processes of the two servers of a data folder. */
export function serverPids(dataFolder: string): number[] {
  return ['postgres/postmaster.pid', 'nats/nats.pid'].map((file) =>
    Number(readFileSync(join(dataFolder, file), 'utf8').split('\n')[0]),
  );
}

/** Waits until none of the processes runs. The test's own time limit ends a wait in vain. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => processStart(pid) !== undefined)) await delay(20);
}

/** The first column of the first row that a statement gives. */
export async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}
