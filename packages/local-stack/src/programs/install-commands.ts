/** The ways to install programs that we can name commands for. */
export type PackageManager = 'apt' | 'dnf' | 'apk' | 'brew' | 'none';

/** What is not on this machine. */
export interface MissingPrograms {
  postgres: boolean;
  nats: boolean;
  gdal: boolean;
}

const natsFromSource =
  'sudo dnf install -y golang && sudo env GOBIN=/usr/local/bin go install github.com/nats-io/nats-server/v2@latest';

/**
 * The commands a person types on this platform to install what is missing. `postgisPackage` is what the
 * distribution's packages offered, where that could be asked.
 */
export function installCommands(
  manager: PackageManager,
  missing: MissingPrograms,
  postgisPackage = 'postgresql-postgis',
): string[] {
  const wanted = (postgres: string, nats: string, gdal: string): string =>
    [missing.postgres ? postgres : '', missing.nats ? nats : '', missing.gdal ? gdal : '']
      .filter(Boolean)
      .join(' ');
  switch (manager) {
    case 'apt':
      return [
        'sudo apt-get update',
        `sudo apt-get install -y --no-install-recommends ${wanted(postgisPackage, 'nats-server', 'gdal-bin')}`,
      ];
    case 'dnf':
      return [
        ...(missing.postgres ? ['sudo dnf install -y postgresql-server postgresql-contrib postgis'] : []),
        ...(missing.gdal ? ['sudo dnf install -y gdal'] : []),
        ...(missing.nats ? [natsFromSource] : []),
      ];
    case 'apk':
      return [`sudo apk add ${wanted('postgresql postgresql-contrib postgis', 'nats-server', 'gdal-tools')}`];
    case 'brew':
      // Homebrew's postgis brings the PostgreSQL along that it was built for.
      return [`brew install ${wanted('postgis', 'nats-server', 'gdal')}`];
    case 'none':
      return [];
  }
}
