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
  ])('is refused by name when %s is %p', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(`${name} is not valid`);
  });

  it('describes every variable', () => {
    expect(
      Object.entries(fetcherEnvSchema.shape).filter(([, variable]) => variable.description === undefined),
    ).toEqual([]);
  });
});
