import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const checkout = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the checkout to its end. Resolves with its exit code and the end of what it printed. */
export function runCommand(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: checkout,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk) => (output = (output + chunk.toString('utf8')).slice(-64 * 1024));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** As runCommand, rejecting with the beginning and the end of the output when the command fails. */
export async function mustRun(what, command, args, env) {
  const { code, output } = await runCommand(command, args, env);
  if (code !== 0) throw new Error(`${what} failed:\n${excerpt(output, 20)}`);
}

/** The first and the last lines of a text, indented. Tools differ in where they say what matters. */
export function excerpt(text, count) {
  const lines = text.trimEnd().split('\n');
  const kept = lines.length > 2 * count ? [...lines.slice(0, count), '…', ...lines.slice(-count)] : lines;
  return kept.join('\n').replace(/^/gm, '  | ');
}
