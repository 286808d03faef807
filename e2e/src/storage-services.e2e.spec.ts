import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StorageService, storageServices } from '@tidetable/contracts';
import { type Customer, customerOf } from './client.js';
import { callApi, connect, type Service, startServices } from './storage-services.js';
import { startSystem, type System } from './system.js';

let system: System;
let customer: Customer;
let services: Record<StorageService, Service>;
/** Of the authorizations that were completed. */
const states: string[] = [];

beforeAll(async () => {
  system = await startSystem();
  customer = customerOf(system);
  services = await startServices(system);
  const providers: Record<string, string> = {};
  for (const name of storageServices) Object.assign(providers, services[name].provider.environment);
  await Promise.all([
    system.start('api'),
    system.start('scheduler'),
    system.start('fetcher', providers),
    system.start('importer'),
  ]);
});
afterAll(async () => {
  await system.stop();
  await Promise.all(storageServices.map((name) => services[name].provider.stop()));
});

const codesOf = async (table: string): Promise<string[]> => {
  const { rows } = await system.destination.query<{ code: string }>(
    `SELECT code FROM demo.${table} ORDER BY code`,
  );
  return rows.map(({ code }) => code);
};
const csv = (...codes: string[]): string =>
  ['code,name', ...codes.map((code) => `${code},Port ${code}`), ''].join('\n');

/** Every request that a service got by a refresh that somebody asked for. */
async function requestsOfRefresh({ provider }: Service, id: string): Promise<number> {
  const before = provider.requests().length;
  await customer.refresh(id);
  return provider.requests().length - before;
}

describe.each(storageServices)('a table kept in step with a file in %s', (name) => {
  const table = `${name}_ports`;
  let service: Service;
  let itemId: string;
  let id: string;

  beforeAll(() => {
    service = services[name];
    itemId = service.put(`${table}.csv`, csv('007'));
  });

  it('cannot be made before the account is connected', async () => {
    await expect(customer.create({ service_name: name, service_item_id: itemId })).rejects.toThrow(
      /HTTP 400: .*"error":"connection-missing","error_code":1012.* not connected to the service/,
    );
  });

  it('arrives from the file that its owner finds in the list', async () => {
    const { status, text, state } = await connect(system, service);
    states.push(state);
    expect([status, text]).toEqual([
      200,
      expect.stringContaining(`The account “demo” is connected to ${service.title}`),
    ]);
    const { json } = await callApi(system, 'GET', `/connections/${name}/files?filter=csv&q=ports`);
    expect(json).toMatchObject({ files: [{ id: itemId, name: `${table}.csv` }], next_page: null });
    const created = await customer.create({ service_name: name, service_item_id: itemId, interval: 3600 });
    id = created.id;
    expect(await customer.settled(id, 'success')).toMatchObject({
      ...{ name: table, url: null, service_name: name, service_item_id: itemId, error_code: null },
    });
    expect(await codesOf(table)).toEqual(['007']);
  });

  it('follows a change, and costs one request without any', async () => {
    service.change(itemId, csv('007', '042'));
    const changed = await customer.refresh(id);
    expect(await codesOf(table)).toEqual(['007', '042']);
    expect(await requestsOfRefresh(service, id)).toBe(1);
    expect((await customer.show(id)).updated_at).toBe(changed.updated_at);
  });

  it.each([
    [
      'here',
      1012,
      /^Your account is not connected to the service that the file is in\. \(the service is /,
      async () => {
        const { json } = await callApi(system, 'DELETE', `/connections/${name}`);
        expect(json).toEqual({ service: name, state: 'not-connected', service_told: true });
      },
    ],
    [
      'at the service',
      1011,
      /^The service does not accept the connection of your account any more\. /,
      async () => service.provider.tokens.revokeAll(),
    ],
  ] as const)(
    'says when its connection was ended %s, and recovers when it is connected again',
    async (_where, number, sentence, end) => {
      await end();
      const before = await codesOf(table);
      const codes = [...before, `x${number}`].sort();
      service.change(itemId, csv(...codes));
      expect(await customer.refresh(id, 'failure')).toMatchObject({
        error_code: number,
        error_message: expect.stringMatching(sentence),
      });
      expect(await codesOf(table)).toEqual(before);
      expect((await connect(system, service)).status).toBe(200);
      expect(await customer.settled(id, 'success')).toMatchObject({ error_code: null, retried_times: 0 });
      expect(await codesOf(table)).toEqual(codes);
    },
  );
});

describe('the logs of all services', () => {
  it('hold no token, code, state or secret of any storage service', async () => {
    const logs = await system.logs();
    const ofServices = storageServices.flatMap((name) => services[name].provider.tokens.secrets());
    const secrets = [...ofServices, ...states];
    expect(states.filter((state) => state.length === 43)).toHaveLength(3);
    expect(secrets.length).toBeGreaterThan(12);
    expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
    expect(logs).toContain('account connected');
    expect(logs).not.toMatch(/oauth_callback\?|authorize\/[A-Za-z0-9_-]{43}/);
  });
});
