import { createClient, ProblemError, UnreachableError } from '@tidetable/client';
import { type CliEnvironment, findConnection } from './find-connection.js';
import { login } from './login.js';
import { helpText, parseCommand, UsageError } from './parse-command.js';
import { plain, problemText } from './render.js';
import { runSync } from './run-command.js';
import type { Terminal } from './terminal.js';

const words = process.argv.slice(2);
const interrupted = new AbortController();
const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTty: process.stderr.isTTY,
  columns: process.stderr.columns || 80,
  json: words.includes('--json'),
  signal: interrupted.signal,
};
process.once('SIGINT', () => interrupted.abort());
// Whoever reads may have seen enough, as `head` does.
process.stdout.on('error', () => process.exit(0));

async function main(env: CliEnvironment): Promise<number> {
  const command = parseCommand(words);
  if (command.name === 'help') {
    terminal.out(helpText());
    return 0;
  }
  const { url } = command.values;
  if (command.name === 'login') return login(typeof url === 'string' ? url : undefined, env, terminal);
  const client = createClient(findConnection(env, process.cwd()));
  return runSync[command.name](client, command, terminal);
}

function explain(error: unknown): number {
  if (interrupted.signal.aborted) {
    if (terminal.isTty) terminal.err('\n');
    return 130;
  }
  const [exitCode, text] = explanation(error);
  if (terminal.json)
    terminal.err(
      `${JSON.stringify(error instanceof ProblemError ? error.problem : { detail: text.trim() })}\n`,
    );
  else terminal.err(text);
  return exitCode;
}

function explanation(error: unknown): [number, string] {
  if (error instanceof UsageError) return [2, `${plain(error.message)}\nSee "tidetable --help".\n`];
  if (error instanceof ProblemError) return [3, problemText(error)];
  if (error instanceof UnreachableError) return [4, `${plain(error.message)}\n`];
  return [1, `${plain(error instanceof Error ? error.message : 'something went wrong')}\n`];
}

process.exitCode = await main(process.env).catch(explain);
