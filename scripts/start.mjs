/**
 * `npm start`: everything on this machine, from nothing. Installs, builds, brings up PostgreSQL and NATS, migrates,
 * starts the services, synchronizes a sample file, says where everything is, and stays until Ctrl-C.
 */
import { join, resolve } from 'node:path';
import process from 'node:process';
import { onStopRequest } from './on-stop-request.mjs';
import { prepare } from './prepare.mjs';
import { note, say } from './progress.mjs';
import { checkout } from './run-command.mjs';

const dataFolder = resolve(checkout, process.env.TIDETABLE_DATA || '.tidetable');
let stack;
let ending;
let isUp = false;

/** Ends everything in order: services first, then the servers they use. */
function end(exitCode) {
  ending ??= (async () => {
    await stack?.stop();
    if (stack) note('Stopped.');
    process.exit(exitCode);
  })();
  return ending;
}

function fail(error) {
  if (ending) return;
  note('This did not work:');
  process.stderr.write(`\n${error?.message ?? error}\n`);
  void end(1);
}

/** While starting, what is said is a step that is waited for; afterwards it is news. */
function tell(sentence) {
  if (isUp) note(sentence);
  else say(sentence);
}

async function start() {
  await prepare();
  const { migrateMetadata, startLocalStack, startServices, welcome } = await import('@tidetable/local-stack');
  const env = process.env;
  stack = await startLocalStack({ dataFolder, env, onProgress: tell, onLost: fail });
  const options = { checkout, dataFolder, stack, env, onProgress: tell, onLost: fail };
  say('Bringing the metadata schema up to date.');
  await migrateMetadata(options);
  const { apiUrl } = await startServices(options);
  const text = await welcome(options, apiUrl, join(checkout, 'examples/harbours.csv'));
  isUp = true;
  note('Everything is running.');
  process.stdout.write(`\n${text}\n\n`);
}

onStopRequest({
  first: () => {
    note(stack ? 'Stopping; press Ctrl-C again to hurry.' : 'Stopping.');
    void end(0);
  },
  again: () => stack?.keeper.hurry(),
});
start().catch(fail);
