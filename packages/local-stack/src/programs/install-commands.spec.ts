import { describe, expect, it } from '@jest/globals';
import { installCommands, type PackageManager } from './install-commands.js';

const all = { postgres: true, nats: true, gdal: true };

describe('installCommands', () => {
  it('names exactly what is missing', () => {
    expect(installCommands('apt', { postgres: false, nats: true, gdal: false }).at(-1)).toBe(
      'sudo apt-get install -y --no-install-recommends nats-server',
    );
    expect(installCommands('brew', { postgres: true, nats: false, gdal: false })).toEqual([
      'brew install postgis',
    ]);
  });

  it('names the PostGIS package that the distribution offers', () => {
    expect(installCommands('apt', all, 'postgresql-15-postgis-3').at(-1)).toBe(
      'sudo apt-get install -y --no-install-recommends postgresql-15-postgis-3 nats-server gdal-bin',
    );
  });

  it.each<PackageManager>(['apt', 'dnf', 'apk', 'brew'])('installs all with %s', (manager) => {
    const commands = installCommands(manager, all).join('\n');
    expect(commands).toMatch(/postgis/);
    expect(commands).toMatch(/nats-server/);
    expect(commands).toMatch(/gdal/);
  });

  it('names no command where no package manager is known', () => {
    expect(installCommands('none', all)).toEqual([]);
  });
});
