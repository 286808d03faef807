import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StorageService, storageServices } from '@tidetable/contracts';
import type { ProviderRequest } from '@tidetable/test-harness';
import { allDrivers, type ServiceDriver } from './service-drivers.js';
import { failureOf, type ServicesWorld, startServicesWorld, versionOf } from './services-world.js';

const csv = 'name,latitude,longitude\nHamburg,53.54,9.98\n';
const other = 'name,latitude,longitude\nBergen,60.39,5.32\n';
/** Longer than a connection is likely to bring in one piece. */
const long = `name,number\n${Array.from({ length: 60_000 }, (_none, row) => `row ${row},${row}`).join('\n')}\n`;
const title = { gdrive: 'Google Drive', dropbox: 'Dropbox', box: 'Box' };

/** Bytes of a request on the wire, as far as they tell: line and headers. */
const bytesOf = ({ method, target, headers, body }: ProviderRequest): number =>
  `${method} ${target}`.length + JSON.stringify(headers).length + body.length;

let drivers: Record<StorageService, ServiceDriver>;
let world: ServicesWorld;

beforeAll(async () => {
  drivers = await allDrivers();
  world = await startServicesWorld(Object.values(drivers));
});

afterAll(async () => {
  await world.stop();
  await Promise.all(Object.values(drivers).map(({ fake }) => fake.stop()));
});

describe.each(storageServices)('a file at %s', (service) => {
  let driver: ServiceDriver;
  let accountId: string;

  beforeAll(async () => {
    driver = drivers[service];
    accountId = await world.connect(driver);
  });

  /** The requests that `work` makes of anything but tokens. */
  const requestsOf = async (work: () => Promise<unknown>): Promise<readonly ProviderRequest[]> => {
    const before = driver.fake.requests().length;
    await work();
    return driver.fake.requests().slice(before);
  };
  const fetch = (
    id: string,
    previous?: Parameters<ServicesWorld['fetch']>[3],
  ): ReturnType<ServicesWorld['fetch']> => world.fetch(driver, accountId, id, previous);

  it('is staged as it is, with its name and a revision', async () => {
    const id = driver.put('häfen.csv', csv);
    const fetched = await fetch(id);
    expect(fetched).toMatchObject({ outcome: 'staged', event: { fileName: 'häfen.csv' } });
    expect(fetched.outcome === 'staged' ? fetched.content : '').toBe(csv);
    expect(versionOf(fetched).revision).toMatch(/:[0-9a-f]{32,64}$/);
  });

  it('costs one small request when nothing has happened to it', async () => {
    const id = driver.put('ports.csv', csv);
    const previous = versionOf(await fetch(id));
    const requests = await requestsOf(async () => {
      const fetched = await fetch(id, previous);
      expect(fetched).toMatchObject({ event: { outcome: 'unchanged', unchangedBy: 'validator' } });
      expect(versionOf(fetched)).toMatchObject({ revision: previous.revision, sha256: previous.sha256 });
    });
    expect(requests).toHaveLength(1);
    expect(requests.map(bytesOf)[0]).toBeLessThan(2_000);
  });

  it('is not fetched again when the same bytes were uploaded again, or it was moved and renamed', async () => {
    const id = driver.put('ports.csv', csv);
    const first = versionOf(await fetch(id));
    driver.overwrite(id, csv);
    let second = first;
    const again = await requestsOf(async () => (second = versionOf(await fetch(id, first))));
    driver.move(id, 'harbours.csv');
    const moved = await requestsOf(async () => {
      expect(await fetch(id, second)).toMatchObject({ event: { outcome: 'unchanged' } });
    });
    expect([again.length, moved.length]).toEqual([1, 1]);
  });

  it('is fetched again when its content has changed', async () => {
    const id = driver.put('ports.csv', csv);
    const previous = versionOf(await fetch(id));
    driver.overwrite(id, other);
    const fetched = await fetch(id, previous);
    expect(fetched.outcome === 'staged' ? fetched.content : '').toBe(other);
    expect(versionOf(fetched).revision).not.toBe(previous.revision);
  });

  it('fails with a code of its own in the trash, when it is gone and when it may not be read, and recovers', async () => {
    const id = driver.put('ports.csv', csv);
    const previous = versionOf(await fetch(id));
    driver.trash(id);
    // Dropbox does not tell what was deleted from what never was.
    const trashed = service === 'dropbox' ? 'item-not-found' : 'item-trashed';
    expect(failureOf(await fetch(id, previous))?.code).toBe(trashed);
    driver.restore(id);
    expect(await fetch(id, previous)).toMatchObject({ event: { outcome: 'unchanged' } });
    driver.overwrite(id, other);
    driver.forbid(id);
    expect(failureOf(await fetch(id, previous))?.code).toBe('item-forbidden');
    driver.allow(id);
    expect((await fetch(id, previous)).outcome).toBe('staged');
    driver.remove(id);
    expect(failureOf(await fetch(id, previous))?.code).toBe('item-not-found');
  });

  it.each([
    ['is asked again as late as the service says', { status: 429, headers: { 'Retry-After': '1' } }],
    ['is asked again later and later where it does not say', null],
    ['is asked again when the service is in trouble', { status: 503 }],
  ])('%s', async (_what, answer) => {
    const id = driver.put('ports.csv', csv);
    const refusal = answer ?? driver.limited;
    const told = answer !== null && 'headers' in answer;
    driver.fake.script.next(driver.fake.routes.describe, ...(told ? [refusal] : [refusal, refusal]));
    const startedAt = performance.now();
    const requests = await requestsOf(async () => expect((await fetch(id)).outcome).toBe('staged'));
    const described = requests.filter(({ path, host }) => path === requests[0]?.path && host === 'api');
    expect(described.length).toBeGreaterThanOrEqual(told ? 2 : 3);
    expect(performance.now() - startedAt).toBeGreaterThan(told ? 950 : 0);
  });

  it('says who limits when it takes too long, and the next run recovers', async () => {
    const id = driver.put('ports.csv', csv);
    const patience = Array.from({ length: 6 }, () => driver.limited);
    driver.fake.script.next(driver.fake.routes.describe, ...patience);
    const requests = await requestsOf(async () => {
      const failure = failureOf(await fetch(id));
      expect(failure?.code).toBe('source-rate-limited');
      expect(failure?.detail).toContain(title[service]);
    });
    expect(requests).toHaveLength(6);
    expect((await fetch(id)).outcome).toBe('staged');
  });

  it('is whole after the connection has broken in the middle of it', async () => {
    const id = driver.put('long.csv', long);
    const download = service === 'box' ? 'content GET /d/1/*/download' : driver.fake.routes.download;
    const cut = 200_000;
    // Where one route serves both, its first answer is the description.
    if (service === 'gdrive') driver.fake.script.next(download, (_request, honest) => honest());
    driver.fake.script.next(
      download,
      (_request, honest) => ({ ...honest(), cutAfterBytes: cut }),
      (_request, honest) => ({ ...honest(), cutAfterBytes: cut }),
    );
    const requests = await requestsOf(async () => {
      const fetched = await fetch(id);
      expect(fetched.outcome === 'staged' ? fetched.content : '').toBe(long);
    });
    const ranges = requests.flatMap(({ headers, host }) =>
      (host === 'authorize' ? [] : [headers.range ?? []]).flat(),
    );
    expect(ranges.length).toBeGreaterThanOrEqual(2);
    expect(ranges.every((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
  });

  it('is never a mixture of two versions', async () => {
    const id = driver.put('ports.csv', csv);
    const isDrive = service === 'gdrive';
    if (isDrive) driver.fake.script.next(driver.fake.routes.download, (_request, honest) => honest());
    driver.fake.script.next(driver.fake.routes.download, (_request, honest) => {
      driver.overwrite(id, other);
      return honest();
    });
    const fetched = await fetch(id);
    expect(fetched.outcome === 'staged' ? fetched.content : '').toBe(other);
    const version = versionOf(fetched);
    expect(await fetch(id, version)).toMatchObject({ event: { outcome: 'unchanged' } });
  });

  it('is refused when its bytes are not those that the service has the hash of', async () => {
    const id = driver.put('ports.csv', csv);
    const content = service === 'box' ? 'content GET /d/1/*/download' : driver.fake.routes.download;
    const broken = { body: csv.replace('9.98', '9.99') };
    const turns = [1, 2].flatMap(() =>
      service === 'gdrive'
        ? [(_request: ProviderRequest, honest: () => object) => honest(), broken]
        : [broken],
    );
    driver.fake.script.next(content, ...turns);
    expect(failureOf(await fetch(id))?.code).toBe('source-digest-mismatch');
    expect((await fetch(id)).outcome).toBe('staged');
  });

  it('is fetched with a fresh token when the service does not take the one there is', async () => {
    const id = driver.put('ports.csv', csv);
    driver.fake.tokens.expireAccessTokens();
    const before = driver.fake.requests(driver.fake.routes.token).length;
    expect((await fetch(id)).outcome).toBe('staged');
    expect(driver.fake.requests(driver.fake.routes.token).length - before).toBe(1);
  });

  it('is found by its kind and by the words of its name, page by page', async () => {
    const ids = ['alpha one.csv', 'alpha two.csv', 'alpha.kml', 'beta.csv'].map((name) =>
      driver.put(name, csv),
    );
    driver.put('alpha.pdf', csv);
    const list = async (filters: ('csv' | 'kml' | 'all')[], query: string | null): Promise<string[]> => {
      const found: string[] = [];
      let page: string | null = null;
      for (let pages = 0; pages < 60; pages += 1) {
        const answer = await world.client.listServiceFiles({ accountId, service, filters, query, page });
        if (answer.outcome !== 'listed') throw new Error(JSON.stringify(answer));
        found.push(...answer.files.map(({ id }) => id));
        page = answer.nextPage;
        if (page === null) return found;
      }
      throw new Error('the pages have no end');
    };
    expect((await list(['csv'], 'alpha')).sort()).toEqual(ids.slice(0, 2).sort());
    expect((await list(['all'], 'alpha')).sort()).toEqual(ids.slice(0, 3).sort());
    expect(await list(['kml'], null)).toEqual([ids[2]]);
    expect(await list(['csv'], null)).toEqual(expect.arrayContaining([ids[0], ids[3]]));
  });

  it('leaves no trace of a secret in logs and events', () => {
    const secrets = driver.fake.tokens.secrets();
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((secret) => world.told().includes(secret))).toEqual([]);
  });

  it('ends with the connection, and says so', async () => {
    const id = driver.put('ports.csv', csv);
    driver.fake.tokens.revokeAll();
    expect(failureOf(await fetch(id))?.code).toBe('connection-refused');
    const stranger = world.fetch(driver, '0f0e0d0c-0b0a-4908-8706-050403020100', id);
    expect(failureOf(await stranger)?.code).toBe('connection-missing');
  });
});
