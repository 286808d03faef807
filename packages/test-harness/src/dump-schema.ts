import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What depends on the version and the moment, not on the schema: settings, comments and pg_dump's own commands. */
const passing = /^(--|SET |SELECT pg_catalog\.set_config|\\|$)/;

/** What stands in every database before anything is created in it. */
const ofEveryDatabase = /^(CREATE|COMMENT ON) SCHEMA public/;

/**
 * The schema of a database as pg_dump tells it: tables, constraints and indexes, without owners, rights and the tables
 * in which migrations are remembered. Two databases with the same schema give the same text.
 */
export async function dumpSchema(url: string, migrationTables: readonly string[]): Promise<string> {
  const { stdout } = await execute(pgDump(), [
    '--schema-only',
    '--no-owner',
    '--no-privileges',
    '--schema=public',
    ...migrationTables.map((table) => `--exclude-table=${table}`),
    url,
  ]);
  // The body of a function is indented, and stays in one piece.
  const statements = stdout
    .split('\n')
    .filter((line) => !passing.test(line))
    .join('\n')
    .split(/(?<=;)\n(?! )/)
    .filter((statement) => statement.trim() !== '' && !ofEveryDatabase.test(statement));
  return statements.map((statement) => `${statement.trim()}\n`).join('\n');
}

/** pg_dump on the PATH, or the newest of those that Debian keeps beside it. */
function pgDump(): string {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pg_dump'));
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions)
    ? readdirSync(versions)
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(versions, version, 'bin/pg_dump'))
    : [];
  return [...onPath, ...installed].find((program) => existsSync(program)) ?? 'pg_dump';
}
