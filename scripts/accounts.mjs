/**
 * `npm run accounts -- create NAME` and its siblings, on the database of METADATA_DATABASE_URL or else on that of the
 * stack that was last started here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { checkout } from './run-command.mjs';

const stackFile = join(resolve(checkout, process.env.TIDETABLE_DATA || '.tidetable'), 'stack.json');
const program = join(checkout, 'apps/api/dist/accounts-cli.js');

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Where the accounts are, and the API that knows them, as far as that can be told. */
function addresses() {
  const { METADATA_DATABASE_URL, API_URL } = process.env;
  if (METADATA_DATABASE_URL) return { METADATA_DATABASE_URL, API_URL };
  if (!existsSync(stackFile)) return undefined;
  const { metadataDatabaseUrl, apiUrl } = JSON.parse(readFileSync(stackFile, 'utf8'));
  return { METADATA_DATABASE_URL: metadataDatabaseUrl, API_URL: API_URL || apiUrl };
}

/** Whether anything listens where a database should be. */
function answers(url) {
  const { hostname, port } = new URL(url);
  return new Promise((settle) => {
    const socket = connect({ host: hostname, port: Number(port || 5432), timeout: 5000 });
    const end = (isThere) => {
      socket.destroy();
      settle(isThere);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

const found = addresses();
if (!found || !existsSync(program)) {
  fail('Nothing was started here yet. Run `npm start`, or `npm run build` and set METADATA_DATABASE_URL.');
}
if (!process.env.METADATA_DATABASE_URL && !(await answers(found.METADATA_DATABASE_URL))) {
  fail('Tidetable is not running here. Start it with `npm start`, or set METADATA_DATABASE_URL.');
}
const env = { ...process.env, METADATA_DATABASE_URL: found.METADATA_DATABASE_URL };
if (found.API_URL) env.API_URL = found.API_URL;
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
