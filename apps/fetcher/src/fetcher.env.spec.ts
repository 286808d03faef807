import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from '@tidetable/service-host';
import { fetcherEnvSchema } from './fetcher.env.js';

const parse = (environment: Record<string, string>): unknown =>
  parseEnvironment(fetcherEnvSchema, { NATS_URL: 'nats://127.0.0.1:4222', ...environment });

describe('the environment of the fetcher', () => {
  it('allows no private network unless it is told to', () => {
    expect(parse({})).toMatchObject({
      SOURCE_ALLOWED_CIDRS: [],
      STAGED_FILES_URL: 'nats-object-store:',
      FILE_BYTES_MAX: 10_737_418_240,
      DOWNLOAD_TIMEOUT_MS: 3_600_000,
      IDLE_TIMEOUT_MS: 60_000,
      SOURCE_REDIRECTS_MAX: 5,
    });
  });

  it.each([
    ['SOURCE_ALLOWED_CIDRS', 'localhost'],
    ['STAGED_FILES_URL', 's3://bucket'],
    ['SOURCE_USER_AGENT', 'two\r\nlines'],
    ['FETCH_CONCURRENCY', '0'],
    ['FILE_BYTES_MAX', '1e400'],
    ['IDLE_TIMEOUT_MS', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['SOURCE_ALLOWED_PORTS', 'http'],
    ['SOURCE_REFUSED_CIDRS', '10.0.0.0/33'],
    ['SOURCE_HOST_CONCURRENCY', '-1'],
    ['CONNECTIONS_DATABASE_URL', 'mysql://db/x'],
    ['CONNECTION_KEYS', 'first:c2hvcnQ='],
    ['PUBLIC_URL', 'ftp://example.org'],
    ['BOX_TOKEN_URL', 'http://api.box.example/oauth2/token'],
    ['GDRIVE_API_URL', 'https://user@www.example.org'],
    ['DROPBOX_CONTENT_URL', 'https://content.example.org/?arg=1'],
    ['BOX_CONTENT_HOSTS', 'https://dl.boxcloud.com'],
    ['GDRIVE_CONTENT_HOSTS', '*'],
    ['PROVIDER_CALL_TIMEOUT_MS', '20001'],
  ])('is refused by name when %s is %p', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(`${name} is not valid`);
  });

  it('has the real addresses of the storage services, and no client', () => {
    expect(parse({})).toMatchObject({
      GDRIVE_TOKEN_URL: 'https://oauth2.googleapis.com/token',
      DROPBOX_API_URL: 'https://api.dropboxapi.com',
      BOX_CONTENT_HOSTS: ['dl.boxcloud.com', '*.boxcloud.com', '*.box.com'],
    });
    expect(parse({})).not.toHaveProperty('GDRIVE_CLIENT_ID');
    expect(parse({ BOX_API_URL: 'http://127.0.0.1:9/box/' })).toMatchObject({
      BOX_API_URL: 'http://127.0.0.1:9/box',
    });
  });

  describe('with a client at a storage service', () => {
    const whole = {
      BOX_CLIENT_ID: 'id',
      BOX_CLIENT_SECRET: 'hunter2',
      CONNECTIONS_DATABASE_URL: 'postgres://db/connections',
      CONNECTION_KEYS: `first:${'A'.repeat(43)}=`,
      PUBLIC_URL: 'https://tables.example.org/',
    };

    it('is complete with a database, keys, and the address of the api', () => {
      expect(parse(whole)).toMatchObject({ PUBLIC_URL: 'https://tables.example.org' });
    });

    it.each(Object.keys(whole))('is refused by name without %s', (name) => {
      expect(() => parse({ ...whole, [name]: '' })).toThrow(name);
      expect(() => parse({ ...whole, [name]: '' })).not.toThrow(/hunter2|AAAA/);
    });
  });

  it('describes every variable', () => {
    expect(
      Object.entries(fetcherEnvSchema.shape).filter(([, variable]) => variable.description === undefined),
    ).toEqual([]);
  });
});
