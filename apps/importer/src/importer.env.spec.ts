import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from '@tidetable/service-host';
import { importerEnvSchema } from './importer.env.js';

const required = {
  DESTINATION_DATABASE_URL: 'postgres://user:secret@db:5432/destination',
  NATS_URL: 'nats://bus:4222',
  STAGED_FILES_URL: 'nats-object-store:',
};

describe('the environment of the importer', () => {
  it('needs nothing but the addresses of what is around it', () => {
    expect(parseEnvironment(importerEnvSchema, required)).toMatchObject({
      ...required,
      IMPORT_CONCURRENCY: 4,
      LOG_LEVEL: 'info',
    });
  });

  it.each([
    ['DESTINATION_DATABASE_URL', 'mysql://user:secret@db/destination'],
    ['STAGED_FILES_URL', '/secret/folder'],
    ['STAGED_FILES_URL', 'file:secret'],
    ['IMPORT_CONCURRENCY', '0'],
    ['SWAP_LOCK_TIMEOUT_MS', '0'],
    ['ROWS_MAX', '1.5'],
    ['LOG_LEVEL', 'secret'],
  ])('refuses %s when it is %s, by name and without the value', (name, value) => {
    const parse = (): unknown => parseEnvironment(importerEnvSchema, { ...required, [name]: value });
    expect(parse).toThrow(`${name} is not valid`);
    expect(parse).not.toThrow('secret');
  });

  it.each(Object.entries(importerEnvSchema.shape))('says what %s is for', (_name, variable) => {
    expect(variable.description).toMatch(/.{20,}/);
  });
});
