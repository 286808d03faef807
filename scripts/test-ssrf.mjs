/**
 * `npm run test:ssrf`: what strangers try with the addresses that they hand in, alone and without any server of ours.
 * Nothing leaves the machine. The last line says how many passed and failed.
 */
import process from 'node:process';
import { prepare } from './prepare.mjs';
import { runJest } from './run-jest.mjs';

try {
  await prepare();
  const { passed, failed } = await runJest(['--config', 'jest.ssrf.config.mjs']);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
