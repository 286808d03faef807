/**
 * `npm run accounts -- create NAME` and its siblings, on the database of METADATA_DATABASE_URL or else on that of the
 * stack that was last started here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { checkout } from './run-command.mjs';

const stackFile = join(resolve(checkout, process.env.TIDETABLE_DATA || '.tidetable'), 'stack.json');
const program = join(checkout, 'apps/api/dist/accounts-cli.js');

function metadataDatabaseUrl() {
  if (process.env.METADATA_DATABASE_URL) return process.env.METADATA_DATABASE_URL;
  return existsSync(stackFile) ? JSON.parse(readFileSync(stackFile, 'utf8')).metadataDatabaseUrl : undefined;
}

const url = metadataDatabaseUrl();
if (!url || !existsSync(program)) {
  process.stderr.write(
    'Nothing was started here yet. Run `npm start`, or `npm run build` and set METADATA_DATABASE_URL.\n',
  );
  process.exit(1);
}
const env = { ...process.env, METADATA_DATABASE_URL: url };
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
