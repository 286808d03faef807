import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalStackError } from '../local-stack-error.js';

const run = promisify(execFile);

/** One of the checkout's own Node programs that does one thing and ends. */
export interface Program {
  checkout: string;
  /** Below the checkout, for example `packages/metadata-db/dist/migrate.js`. */
  script: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Runs a program to its end and returns what it printed. Rejects, with what it complained of, when it failed. */
export async function runProgram({ checkout, script, args = [], env }: Program): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [join(checkout, script), ...args], { env, cwd: checkout });
    return stdout;
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const tail = (stderr || message).trimEnd().split('\n').slice(-15).join('\n').replace(/^/gm, '  | ');
    throw new LocalStackError('process-ended', `${script} failed:\n${tail}`, { cause });
  }
}
