import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { createClient } from '@tidetable/client';
import { checkUrl, type CliEnvironment, rememberConnection } from './find-connection.js';
import { UsageError } from './parse-command.js';
import type { Terminal } from './terminal.js';

/** Asks for a key without showing it, tries it, and remembers it. Resolves with the exit code. */
export async function login(
  url: string | undefined,
  env: CliEnvironment,
  terminal: Terminal,
): Promise<number> {
  const address = checkUrl(url ?? env.TIDETABLE_URL ?? 'http://127.0.0.1:8080');
  const apiKey = await readKey(address, terminal);
  await createClient({ url: address, apiKey }).call('listSynchronizations', {
    query: { limit: 1 },
    signal: terminal.signal,
  });
  const path = rememberConnection(env, { url: address, apiKey });
  terminal.out(terminal.json ? `${JSON.stringify({ url: address })}\n` : `remembered in ${path}\n`);
  return 0;
}

async function readKey(address: string, terminal: Terminal): Promise<string> {
  const isTty = process.stdin.isTTY;
  if (isTty) terminal.err(`API key for ${address}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTty });
  // A terminal in raw mode sends Ctrl-C here.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  terminal.signal.addEventListener('abort', () => lines.close());
  const key = await new Promise<string>((resolve) => {
    lines.once('line', (line) => resolve(line.trim()));
    lines.once('close', () => resolve(''));
  });
  lines.close();
  if (isTty) terminal.err('\n');
  terminal.signal.throwIfAborted();
  if (!/^[\u0021-\u007e]+$/.test(key)) throw new UsageError('no key was given');
  return key;
}
