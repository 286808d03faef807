import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeBox, type FakeDrive, type FakeDropbox, makeWorkbook } from '@tidetable/test-harness';
import { allDrivers, type ServiceDriver } from './service-drivers.js';
import {
  type Fetched,
  failureOf,
  type ServicesWorld,
  startServicesWorld,
  versionOf,
} from './services-world.js';
import type { SourceVersion, StorageService } from '@tidetable/contracts';

const csv = 'name,latitude,longitude\nHamburg,53.54,9.98\n';
const rows = [
  ['name', 'depth'],
  ['Hamburg', 15],
];

let drivers: Record<StorageService, ServiceDriver>;
let accounts: Record<StorageService, string>;
let world: ServicesWorld;

beforeAll(async () => {
  drivers = await allDrivers();
  world = await startServicesWorld(Object.values(drivers));
  accounts = {
    gdrive: await world.connect(drivers.gdrive),
    dropbox: await world.connect(drivers.dropbox),
    box: await world.connect(drivers.box),
  };
});

afterEach(() => Object.values(drivers).forEach(({ fake }) => fake.script.clear()));

afterAll(async () => {
  await world.stop();
  await Promise.all(Object.values(drivers).map(({ fake }) => fake.stop()));
});

const fetchAs =
  (service: StorageService) =>
  (id: string, previous: SourceVersion | null = null): Promise<Fetched> =>
    world.fetch(drivers[service], accounts[service], id, previous);

describe('at Google Drive', () => {
  let drive: FakeDrive;
  const fetch = fetchAs('gdrive');
  beforeAll(() => {
    drive = drivers.gdrive.fake as FakeDrive;
  });

  it('a spreadsheet is exported as a workbook, larger than the API would export', async () => {
    const large = makeWorkbook([...rows, ['x'.repeat(11 * 1024 * 1024), 1]]);
    const id = drive.files.putSheet({ name: 'Ports', xlsx: large });
    const fetched = await fetch(id);
    expect(fetched).toMatchObject({ outcome: 'staged', event: { fileName: 'Ports.xlsx' } });
    expect(versionOf(fetched).bytes).toBe(large.length);
    // The host behind the link answers with an error to who shows it a token.
    expect(drive.requests('content').at(-1)?.headers.authorization).toBeUndefined();
  });

  it('a spreadsheet is unchanged when the same cells are exported, at another time and as other bytes', async () => {
    const id = drive.files.putSheet({ name: 'Ports', xlsx: makeWorkbook(rows, new Date(1_000_000)) });
    const first = versionOf(await fetch(id));
    const sameBytes = await fetch(id, first);
    expect(sameBytes).toMatchObject({ event: { outcome: 'unchanged', unchangedBy: 'content-hash' } });
    drive.files.change(id, { xlsx: makeWorkbook(rows, new Date(9_000_000)) });
    const again = await fetch(id, versionOf(sameBytes));
    expect(again).toMatchObject({ event: { outcome: 'unchanged', unchangedBy: 'content-hash' } });
    drive.files.change(id, { xlsx: makeWorkbook([...rows, ['Bergen', 11]]) });
    expect((await fetch(id, versionOf(again))).outcome).toBe('staged');
  });

  it('a page in place of an export is no spreadsheet', async () => {
    const id = drive.files.putSheet({ name: 'Ports', xlsx: makeWorkbook(rows) });
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    drive.script.next('content GET /export/*', { headers, body: '<!DOCTYPE html><title>Sign in</title>' });
    expect(failureOf(await fetch(id))?.code).toBe('source-error-page');
  });

  it('an export that leads to a host that is not known is not followed, and no token is sent there', async () => {
    const id = drive.files.putSheet({ name: 'Ports', xlsx: makeWorkbook(rows) });
    const before = drive.requests('authorize').length;
    drive.script.next('export GET /spreadsheets/export', {
      status: 302,
      headers: { Location: `${drive.hosts.authorize}/steal` },
    });
    expect(failureOf(await fetch(id))?.code).toBe('source-http-error');
    expect(drive.requests('authorize')).toHaveLength(before);
  });

  it('a shortcut stands for what it leads to, and a broken one for nothing', async () => {
    const target = drive.files.put({ name: 'ports.csv', content: csv });
    const shortcut = drive.files.putShortcut({ name: 'Shortcut', targetId: target });
    const fetched = await fetch(shortcut);
    expect(fetched).toMatchObject({ outcome: 'staged', content: csv, event: { fileName: 'ports.csv' } });
    expect(await fetch(shortcut, versionOf(fetched))).toMatchObject({ event: { outcome: 'unchanged' } });
    drive.files.remove(target);
    expect(failureOf(await fetch(shortcut))?.code).toBe('item-not-found');
  });

  it('a file in a shared drive is read and listed as any other', async () => {
    const id = drive.files.put({ name: 'shared tides.csv', content: csv, driveId: '0ADrive' });
    expect((await fetch(id)).outcome).toBe('staged');
    const listed = await world.client.listServiceFiles({
      ...{
        accountId: accounts.gdrive,
        service: 'gdrive',
        filters: ['csv'],
        query: 'shared tides',
        page: null,
      },
    });
    expect(listed).toMatchObject({ outcome: 'listed', files: [{ id, bytes: csv.length }], nextPage: null });
  });

  it.each([
    ['a document', 'application/vnd.google-apps.document', 'item-not-downloadable'],
    ['a folder', 'application/vnd.google-apps.folder', 'item-not-downloadable'],
  ])('%s is no table', async (_what, mimeType, code) => {
    const id = drive.files.put({ name: 'Notes', mimeType });
    expect(failureOf(await fetch(id))?.code).toBe(code);
  });

  it.each([
    ['the administrator lets no apps in', 403, 'domainPolicy', 'connection-forbidden-gdrive'],
    ['the API is not switched on for the client', 403, 'accessNotConfigured', 'connection-not-configured'],
    ['the file was downloaded too often', 403, 'downloadQuotaExceeded', 'source-rate-limited'],
  ])('it is told when %s', async (_what, status, reason, code) => {
    const id = drive.files.put({ name: 'ports.csv', content: csv });
    drive.script.next(drivers.gdrive.fake.routes.describe, {
      ...{ status, body: JSON.stringify({ error: { code: status, errors: [{ reason }] } }) },
    });
    expect(failureOf(await fetch(id))?.code).toBe(code);
  });
});

describe('at Dropbox', () => {
  let dropbox: FakeDropbox;
  const fetch = fetchAs('dropbox');
  beforeAll(() => {
    dropbox = drivers.dropbox.fake as FakeDropbox;
  });

  it('a file may be named by its path', async () => {
    dropbox.files.put({ path: '/Häfen/ports.csv', content: csv });
    expect(await fetch('/Häfen/ports.csv')).toMatchObject({ outcome: 'staged', content: csv });
  });

  it.each(['12345', 'ports.csv', ''])('%j is the name of no file, and nobody is asked', async (itemId) => {
    const before = dropbox.requests().length;
    expect(failureOf(await fetch(itemId))?.code).toBe('item-not-found');
    expect(dropbox.requests()).toHaveLength(before);
  });

  it('a document that exists there only is no file', async () => {
    const id = dropbox.files.put({ path: '/Plan.gsheet', content: csv, isDownloadable: false });
    expect(failureOf(await fetch(id))?.code).toBe('item-not-downloadable');
  });

  it('whoever has agreed to too little is told', async () => {
    const id = dropbox.files.put({ path: '/ports.csv', content: csv });
    const error = { '.tag': 'missing_scope', required_scope: 'files.metadata.read' };
    dropbox.script.next(drivers.dropbox.fake.routes.describe, {
      status: 401,
      body: JSON.stringify({ error }),
    });
    expect(failureOf(await fetch(id))?.code).toBe('connection-forbidden-dropbox');
  });

  it('nobody is kept waiting who is limited for long, and others of the account do not ask in between', async () => {
    const id = dropbox.files.put({ path: '/ports.csv', content: csv });
    const accountId = await world.connect(drivers.dropbox);
    const body = {
      error_summary: 'too_many_requests/..',
      error: { reason: { '.tag': 'too_many_requests' }, retry_after: 300 },
    };
    dropbox.script.next(drivers.dropbox.fake.routes.describe, { status: 429, body: JSON.stringify(body) });
    const limited = await world.fetch(drivers.dropbox, accountId, id);
    expect(failureOf(limited)).toEqual({
      code: 'source-rate-limited',
      detail: 'Dropbox asks to wait 300 s',
      retryAfterSeconds: 300,
    });
    const before = dropbox.requests().length;
    const next = failureOf(await world.fetch(drivers.dropbox, accountId, id));
    expect(next?.code).toBe('source-rate-limited');
    expect(next?.detail).toContain('Dropbox');
    expect(dropbox.requests()).toHaveLength(before);
    // Another customer is not limited by that.
    expect((await fetch(id)).outcome).toBe('staged');
  });
});

describe('at Box', () => {
  let box: FakeBox;
  const fetch = fetchAs('box');
  beforeAll(() => {
    box = drivers.box.fake as FakeBox;
  });

  it('an unchanged file is told by its etag alone', async () => {
    const id = box.files.put({ name: 'ports.csv', content: csv });
    const previous = versionOf(await fetch(id));
    expect(await fetch(id, previous)).toMatchObject({ event: { outcome: 'unchanged' } });
    expect(box.requests(box.routes.describe).at(-1)?.headers['if-none-match']).toBe(previous.etag);
  });

  it('a content that is not ready is waited for', async () => {
    const id = box.files.put({ name: 'ports.csv', content: csv });
    box.files.change(id, { preparations: 1 });
    const before = box.requests(box.routes.download).length;
    expect((await fetch(id)).outcome).toBe('staged');
    expect(box.requests(box.routes.download).length - before).toBe(2);
  });

  it('a download goes where it is known to go, and takes no token with it', async () => {
    const id = box.files.put({ name: 'ports.csv', content: csv });
    const before = box.requests('authorize').length;
    box.script.next(box.routes.download, {
      status: 302,
      headers: { Location: `${box.hosts.authorize}/steal` },
    });
    expect(failureOf(await fetch(id))?.code).toBe('source-http-error');
    expect(box.requests('authorize')).toHaveLength(before);
    expect((await fetch(id)).outcome).toBe('staged');
    expect(box.requests('content').every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each(['f_123', '../users/me', '%2e%2e'])('%j is the id of no file', async (itemId) => {
    expect(failureOf(await fetch(itemId))?.code).toBe('item-not-found');
  });
});
