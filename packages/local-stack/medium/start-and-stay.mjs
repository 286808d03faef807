/** Starts a stack on the folder of the first argument, prints its URLs as one line of JSON, and stays until killed. */
import process from 'node:process';
import { startLocalStack } from '@tidetable/local-stack';

const { metadataDatabaseUrl, destinationDatabaseUrl, natsUrl, keeper } = await startLocalStack({
  dataFolder: process.argv[2],
  durability: 'fast',
  env: { PATH: process.env.PATH },
});
process.stdout.write(
  `${JSON.stringify({ metadataDatabaseUrl, destinationDatabaseUrl, natsUrl, keeperPid: keeper.pid })}\n`,
);
