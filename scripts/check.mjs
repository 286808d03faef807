/** `npm run check`: format, lint, types, boundaries and generated files, as `npm test` checks them too. */
import process from 'node:process';
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';

try {
  await prepare();
  const { passed, failed } = await runChecks();
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
