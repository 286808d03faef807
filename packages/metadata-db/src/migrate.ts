import { runMigrations } from './run-migrations.js';

// eslint-disable-next-line no-restricted-properties -- the whole environment of this command is one variable
const url = process.env['METADATA_DATABASE_URL'];
if (url === undefined || url === '') {
  console.error('METADATA_DATABASE_URL is not set. Set it to the address of the metadata database.');
  process.exit(1);
}
try {
  const applied = await runMigrations(url);
  console.log(applied.length === 0 ? 'the schema is up to date' : `applied: ${applied.join(', ')}`);
} catch (error) {
  console.error(`The migrations could not be run: ${(error as Error).message}`);
  process.exit(1);
}
