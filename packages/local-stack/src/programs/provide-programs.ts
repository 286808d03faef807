import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { canInstallWithApt, installPackages, offeredPostgisPackage, updatePackageLists } from './apt.js';
import { findOgr2ogr } from './find-gdal.js';
import { findNatsServer } from './find-nats.js';
import { findPostgresServers, type PostgresServer } from './find-postgres.js';
import { installCommands, type MissingPrograms, type PackageManager } from './install-commands.js';

/** Which programs a start needs. */
export interface WantedPrograms {
  postgres: boolean;
  nats: boolean;
  /** Whatever is given, the importer on this machine reads geo formats with it. */
  gdal: boolean;
  /** The version that wrote the cluster we already have, which no other version can read. */
  clusterMajor?: number;
}

/** The programs found; each is there when it was wanted. */
export interface Programs {
  postgres?: PostgresServer;
  natsServer?: string;
  ogr2ogr?: string;
}

/**
 * Finds what is wanted, installing what is not there where we may. Fails with the commands to type where we may not.
 */
export async function providePrograms(
  wanted: WantedPrograms,
  path: string,
  onProgress: (sentence: string) => void,
): Promise<Programs> {
  const found = find(wanted, path);
  const missing = missingOf(wanted, found);
  if (!isAnyMissing(missing)) return found;
  if (!canInstallWithApt()) throw programsMissing(missing, wanted, path);
  await install(missing, wanted, path, onProgress);
  const installed = find(wanted, path);
  const stillMissing = missingOf(wanted, installed);
  if (isAnyMissing(stillMissing)) throw programsMissing(stillMissing, wanted, path);
  return installed;
}

async function install(
  missing: MissingPrograms,
  wanted: WantedPrograms,
  path: string,
  onProgress: (sentence: string) => void,
): Promise<void> {
  onProgress('Fetching the list of packages.');
  await updatePackageLists();
  const postgis = missing.postgres ? offeredPostgisPackage(preferredMajors(wanted, path)) : undefined;
  const { clusterMajor } = wanted;
  const useless = clusterMajor !== undefined && postgis !== `postgresql-${clusterMajor}-postgis-3`;
  if (missing.postgres && (!postgis || useless)) throw programsMissing(missing, wanted, path);
  const packages = [
    ...(missing.nats ? ['nats-server'] : []),
    ...(missing.gdal ? ['gdal-bin'] : []),
    ...(postgis ? [postgis] : []),
  ];
  onProgress(`Installing ${packages.join(' and ')} with apt-get.`);
  await installPackages(packages);
}

function find(wanted: WantedPrograms, path: string): Programs {
  const servers = wanted.postgres ? findPostgresServers(path).filter((server) => server.hasPostgis) : [];
  const { clusterMajor } = wanted;
  return {
    postgres:
      clusterMajor === undefined ? servers[0] : servers.find((server) => server.major === clusterMajor),
    natsServer: wanted.nats ? findNatsServer(path) : undefined,
    ogr2ogr: wanted.gdal ? findOgr2ogr(path) : undefined,
  };
}

function missingOf(wanted: WantedPrograms, found: Programs): MissingPrograms {
  return {
    postgres: wanted.postgres && !found.postgres,
    nats: wanted.nats && !found.natsServer,
    gdal: wanted.gdal && !found.ogr2ogr,
  };
}

function isAnyMissing(missing: MissingPrograms): boolean {
  return missing.postgres || missing.nats || missing.gdal;
}

function preferredMajors(wanted: WantedPrograms, path: string): number[] {
  return wanted.clusterMajor === undefined
    ? findPostgresServers(path).map((server) => server.major)
    : [wanted.clusterMajor];
}

function programsMissing(missing: MissingPrograms, wanted: WantedPrograms, path: string): LocalStackError {
  const { clusterMajor } = wanted;
  const postgres =
    clusterMajor === undefined ? 'PostgreSQL with PostGIS' : `PostgreSQL ${clusterMajor} with PostGIS`;
  const missed = [
    missing.postgres ? postgres : '',
    missing.nats ? 'nats-server' : '',
    missing.gdal ? 'GDAL (ogr2ogr)' : '',
  ].filter(Boolean);
  const names = missed.join(' and ');
  const commands = installCommands(
    packageManager(path),
    missing,
    offeredPostgisPackage(preferredMajors(wanted, path)),
  );
  const kept =
    clusterMajor !== undefined && missing.postgres
      ? ' (the data kept here were written by that version)'
      : '';
  const several = missed.length > 1;
  const what = several ? 'them' : 'it';
  const how =
    commands.length > 0
      ? `Install ${what} with\n${commands.map((command) => `  ${command}`).join('\n')}\nand start again`
      : `Install ${what}, put the programs on the PATH and start again`;
  return new LocalStackError(
    'programs-missing',
    `${names} ${several ? 'are' : 'is'} not installed on this machine${kept}. ${how}, or name running servers in ` +
      'METADATA_DATABASE_URL, DESTINATION_DATABASE_URL and NATS_URL.',
  );
}

function packageManager(path: string): PackageManager {
  const has = (program: string): boolean =>
    path.split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (process.platform === 'darwin') return 'brew';
  if (has('apt-get')) return 'apt';
  if (has('dnf')) return 'dnf';
  if (has('apk')) return 'apk';
  return has('brew') ? 'brew' : 'none';
}
