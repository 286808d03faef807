import { describe, expect, it } from '@jest/globals';
import { apiEnvSchema, parseApiEnvironment } from './api.env.js';

const METADATA_DATABASE_URL = 'postgres://tidetable@127.0.0.1/metadata';

describe('the environment of the api', () => {
  it('is complete with the address of the database alone', () => {
    expect(parseApiEnvironment({ METADATA_DATABASE_URL })).toEqual({
      METADATA_DATABASE_URL,
      API_HOST: '0.0.0.0',
      API_PORT: 8080,
      HEALTH_PORT: 8084,
      API_ACCOUNT_DOMAIN: 'localhost',
      MIN_INTERVAL_SECONDS: 900,
      SYNC_NOW_GAP_SECONDS: 900,
      PLAN_TIMEOUT_MS: 120_000,
      LIVE_CHECK_INTERVAL_MS: 10_000,
      REQUESTS_PER_MINUTE: 600,
      STRANGER_REQUESTS_PER_MINUTE: 120,
      LOG_LEVEL: 'info',
      TRACE_SAMPLE_RATIO: 1,
    });
  });

  it('can do away with the floor and the gap', () => {
    const environment = { METADATA_DATABASE_URL, MIN_INTERVAL_SECONDS: '1', SYNC_NOW_GAP_SECONDS: '0' };
    expect(parseApiEnvironment(environment)).toMatchObject({
      MIN_INTERVAL_SECONDS: 1,
      SYNC_NOW_GAP_SECONDS: 0,
    });
  });

  it.each([
    ['METADATA_DATABASE_URL', 'mysql://secret'],
    ['API_PORT', '65536'],
    ['MIN_INTERVAL_SECONDS', '0'],
    ['MIN_INTERVAL_SECONDS', '900.5'],
    ['SYNC_NOW_GAP_SECONDS', '-1'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s when it is wrong and does not repeat it', (name, value) => {
    const parse = () => parseApiEnvironment({ METADATA_DATABASE_URL, [name]: value });
    expect(parse).toThrow(`${name} is not valid`);
    expect(parse).not.toThrow(value);
  });

  it('describes every variable', () => {
    for (const variable of Object.values(apiEnvSchema.shape)) expect(variable.description).toMatch(/\.$/);
  });
});
