import { afterEach, describe, expect, it } from '@jest/globals';
import { aDataFolder, aStack, cleanUp } from './a-stack.js';

const given = {
  PATH: process.env['PATH'],
  METADATA_DATABASE_URL: process.env['TEST_METADATA_DATABASE_URL'] ?? '',
  DESTINATION_DATABASE_URL: process.env['TEST_DESTINATION_DATABASE_URL'] ?? '',
  NATS_URL: process.env['TEST_NATS_URL'] ?? '',
};

afterEach(cleanUp);

describe('a local stack on servers that the environment names', () => {
  it('uses them all and starts nothing', async () => {
    const steps: string[] = [];
    const stack = await aStack(aDataFolder(), { env: given, onProgress: (sentence) => steps.push(sentence) });
    expect(stack.metadataDatabaseUrl).toBe(given.METADATA_DATABASE_URL);
    expect(stack.destinationDatabaseUrl).toBe(given.DESTINATION_DATABASE_URL);
    expect(stack.natsUrl).toBe(given.NATS_URL);
    expect(steps).toEqual([]);
  });

  it('uses the one that is named beside its own', async () => {
    const { METADATA_DATABASE_URL, ...rest } = given;
    const stack = await aStack(aDataFolder(), { env: { ...rest, METADATA_DATABASE_URL: '' } });
    expect(stack.destinationDatabaseUrl).toBe(given.DESTINATION_DATABASE_URL);
    expect(stack.metadataDatabaseUrl).not.toBe(METADATA_DATABASE_URL);
  });

  it('refuses one database that goes by two names', async () => {
    // The parameter wins over the host in the URL, so the texts differ and the servers do not.
    const disguised = given.METADATA_DATABASE_URL.replace('@127.0.0.1:', '@loopback-by-another-name:');
    const plain = `${given.METADATA_DATABASE_URL}?host=127.0.0.1`;
    const env = {
      ...given,
      METADATA_DATABASE_URL: `${disguised}?host=127.0.0.1`,
      DESTINATION_DATABASE_URL: plain,
    };
    await expect(aStack(aDataFolder(), { env })).rejects.toThrow(/name the same database/);
  });

  it('names the variable of a server that does not answer', async () => {
    const nowhere = new URL(given.DESTINATION_DATABASE_URL);
    nowhere.port = '1';
    await expect(
      aStack(aDataFolder(), { env: { ...given, DESTINATION_DATABASE_URL: nowhere.href } }),
    ).rejects.toThrow(/database of DESTINATION_DATABASE_URL does not answer \(.*ECONNREFUSED/);
    await expect(
      aStack(aDataFolder(), { env: { ...given, NATS_URL: 'nats://127.0.0.1:1' } }),
    ).rejects.toThrow(/NATS_URL does not answer/);
  });
});
