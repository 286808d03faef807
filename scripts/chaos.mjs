/** `npm run chaos`: builds what is not built, and lets everything go wrong. See docs/reliability.md. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { prepare } from './prepare.mjs';
import { checkout } from './run-command.mjs';

try {
  await prepare();
  const args = [join(checkout, 'chaos/dist/main.js'), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: checkout, stdio: 'inherit' });
  // Ctrl-C reaches it as well; what it says then is worth waiting for.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'));
  child.once('exit', (code) => (process.exitCode = code ?? 1));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
