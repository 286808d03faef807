import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A PostgreSQL server installed on this machine. */
export interface PostgresServer {
  binFolder: string;
  major: number;
  hasPostgis: boolean;
}

/** Where distributions put each major version's programs, beside those that put them on the PATH. */
const versionedFolders: readonly { parent: string; name: RegExp; bin: string }[] = [
  { parent: '/usr/lib/postgresql', name: /^\d+$/, bin: 'bin' },
  { parent: '/usr', name: /^pgsql-\d+$/, bin: 'bin' },
  { parent: '/usr/libexec', name: /^postgresql\d+$/, bin: '' },
  { parent: '/opt/homebrew/opt', name: /^postgresql(@\d+)?$/, bin: 'bin' },
  { parent: '/usr/local/opt', name: /^postgresql(@\d+)?$/, bin: 'bin' },
];

/** All PostgreSQL servers found, the newest first; those with PostGIS and without. */
export function findPostgresServers(path: string): PostgresServer[] {
  const folders = [...onPath(path), ...inVersionedFolders()].filter((folder) =>
    existsSync(join(folder, 'initdb')),
  );
  return [...new Set(folders)]
    .flatMap((binFolder) => describeServer(binFolder))
    .sort((one, other) => other.major - one.major);
}

/** The programs on the PATH are often links, and the rest of the installation lies beside what they point to. */
function onPath(path: string): string[] {
  const programs = path.split(delimiter).map((folder) => join(folder, 'postgres'));
  return programs.filter((program) => existsSync(program)).map((program) => dirname(realpathSync(program)));
}

function inVersionedFolders(): string[] {
  return versionedFolders.flatMap(({ parent, name, bin }) => {
    const names = existsSync(parent) ? readdirSync(parent).filter((entry) => name.test(entry)) : [];
    const programs = names.map((entry) => join(parent, entry, bin, 'postgres'));
    return programs.filter((program) => existsSync(program)).map((program) => dirname(realpathSync(program)));
  });
}

function describeServer(binFolder: string): PostgresServer[] {
  const major = Number(/\s(\d+)/.exec(run(join(binFolder, 'postgres'), ['--version']))?.[1]);
  if (!Number.isInteger(major)) return [];
  const hasPostgis = shareFolders(binFolder, major).some((share) =>
    existsSync(join(share, 'extension/postgis.control')),
  );
  return [{ binFolder, major, hasPostgis }];
}

function shareFolders(binFolder: string, major: number): string[] {
  const told = run(join(binFolder, 'pg_config'), ['--sharedir']).trim();
  if (told) return [told];
  // pg_config is often in a package for developers, so the usual places are tried without it.
  const prefix = dirname(binFolder);
  return [
    `/usr/share/postgresql/${major}`,
    `/usr/share/postgresql${major}`,
    join(prefix, 'share/postgresql'),
    join(prefix, 'share'),
  ];
}

function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
