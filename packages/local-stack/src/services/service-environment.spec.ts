import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment, serviceNames } from './service-environment.js';

const addresses = {
  metadataDatabaseUrl: 'postgres://u:p@127.0.0.1:1/m',
  destinationDatabaseUrl: 'postgres://u:p@127.0.0.1:1/d',
  connectionsDatabaseUrl: 'postgres://u:p@127.0.0.1:1/c',
  connectionKeys: 'local:key',
  natsUrl: 'nats://127.0.0.1:2',
  stagedFolder: '/data/staged files',
  apiPort: 4,
  port: 3,
};

describe('serviceEnvironment', () => {
  it.each([
    ['api', ['API_HOST', 'API_PORT', 'HEALTH_PORT', 'METADATA_DATABASE_URL', 'NATS_URL', 'PUBLIC_URL']],
    ['scheduler', ['HEALTH_PORT', 'METADATA_DATABASE_URL', 'NATS_URL']],
    [
      'fetcher',
      [
        ...['BOX_CLIENT_SECRET', 'CONNECTIONS_DATABASE_URL', 'CONNECTION_KEYS', 'HEALTH_PORT', 'NATS_URL'],
        ...['PUBLIC_URL', 'SOURCE_ALLOWED_CIDRS', 'STAGED_FILES_URL'],
      ],
    ],
    ['importer', ['DESTINATION_DATABASE_URL', 'HEALTH_PORT', 'NATS_URL', 'STAGED_FILES_URL']],
  ] as const)('tells the %s only what it may touch', (service, names) => {
    const databases = { METADATA_DATABASE_URL: 'x', DESTINATION_DATABASE_URL: 'y' };
    const tokens = { CONNECTIONS_DATABASE_URL: 'w', CONNECTION_KEYS: 'v', BOX_CLIENT_SECRET: 'u' };
    const caller = { ...databases, ...tokens, NATS_URL: 'z' };
    expect(Object.keys(serviceEnvironment(service, addresses, caller)).sort()).toEqual(names);
  });

  it('writes the folder of staged files as a URL', () => {
    const environment = serviceEnvironment('importer', addresses, {});
    expect(environment['STAGED_FILES_URL']).toBe('file:///data/staged%20files');
  });

  it('allows the fetcher this machine, beside what the caller allows', () => {
    const environment = serviceEnvironment('fetcher', addresses, { SOURCE_ALLOWED_CIDRS: '10.0.0.0/8' });
    expect(environment['SOURCE_ALLOWED_CIDRS']).toBe('10.0.0.0/8,127.0.0.0/8,::1/128');
  });

  it.each(serviceNames)(
    'passes the options of the caller on to the %s, and nothing of npm or libpq',
    (service) => {
      const caller = { SYNC_NOW_GAP_SECONDS: '0', npm_config_cache: '/x', PGHOST: 'elsewhere' };
      const environment = serviceEnvironment(service, addresses, caller);
      expect(environment).toMatchObject({ SYNC_NOW_GAP_SECONDS: '0' });
      expect(environment).not.toHaveProperty('npm_config_cache');
      expect(environment).not.toHaveProperty('PGHOST');
    },
  );

  it('leaves the settings of libpq to a database that was given', () => {
    const caller = { METADATA_DATABASE_URL: addresses.metadataDatabaseUrl, PGSSLMODE: 'require' };
    expect(serviceEnvironment('api', addresses, caller)).toMatchObject({ PGSSLMODE: 'require' });
  });
});
