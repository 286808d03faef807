import { describe, expect, it } from '@jest/globals';
import { readGivenServers, sameDatabase } from './given-servers.js';

describe('readGivenServers', () => {
  it('leaves out what the environment does not name', () => {
    expect(readGivenServers({ METADATA_DATABASE_URL: '', NATS_URL: 'nats://bus:4222' })).toEqual({
      natsUrl: 'nats://bus:4222',
    });
  });

  it('accepts the several servers of one NATS cluster', () => {
    const url = 'nats://one:4222,nats://two:4222';
    expect(readGivenServers({ NATS_URL: url })).toMatchObject({ natsUrl: url });
  });

  it.each([
    ['METADATA_DATABASE_URL', 'DESTINATION_DATABASE_URL'],
    ['METADATA_DATABASE_URL', 'CONNECTIONS_DATABASE_URL'],
    ['DESTINATION_DATABASE_URL', 'CONNECTIONS_DATABASE_URL'],
  ])('refuses one database for %s and %s', (one, other) => {
    const url = 'postgres://u:p@db/tidetable';
    expect(() => readGivenServers({ [one]: url, [other]: url })).toThrow(
      `${one} and ${other} name the same database. Give each a database of its own`,
    );
  });

  it.each([
    ['METADATA_DATABASE_URL', 'mysql://u:secret@db/tidetable'],
    ['DESTINATION_DATABASE_URL', 'host=db password=secret'],
    ['NATS_URL', 'secret:4222'],
  ])('refuses a %s of the wrong kind by its name, without repeating its value', (name, value) => {
    expect(() => readGivenServers({ [name]: value })).toThrow(new RegExp(`^${name} must be a URL`));
    expect(() => readGivenServers({ [name]: value })).not.toThrow(/secret/);
  });
});

describe('sameDatabase', () => {
  it.each([
    ['postgres://a@db/one', 'postgresql://b:pw@DB:5432/one', true],
    ['postgres://a@localhost/one', 'postgres://a@127.0.0.1/one', true],
    ['postgres://one@db', 'postgres://x@db/one', true],
    ['postgres://a@db/one', 'postgres://a@db/two', false],
    ['postgres://a@db/one', 'postgres://a@db:5433/one', false],
    ['postgres://a@db1/one', 'postgres://a@db2/one', false],
  ])('says of %s and %s: %s', (one, other, same) => {
    expect(sameDatabase(one, other)).toBe(same);
  });
});
