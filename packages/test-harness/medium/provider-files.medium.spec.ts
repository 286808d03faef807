import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type FakeBox,
  type FakeDrive,
  type FakeDropbox,
  startFakeBox,
  startFakeDrive,
  startFakeDropbox,
} from '@tidetable/test-harness';

const client = { clientId: 'c', clientSecret: 's', redirectUri: 'https://tables.example.org/back' };
const csv = 'a,b\n1,2\n';

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

const reasonOf = ({ json }: Answer): unknown =>
  (json['error'] as { errors: { reason: string }[] }).errors[0]?.reason;

describe('the files of Drive', () => {
  let drive: FakeDrive;
  let headers: Record<string, string>;
  beforeAll(async () => {
    drive = await startFakeDrive(client);
    headers = { Authorization: `Bearer ${drive.tokens.issue().accessToken}` };
  });
  afterAll(() => drive.stop());
  const get = (path: string, more: Record<string, string> = {}): Promise<Answer> =>
    ask(`${drive.hosts.api}/drive/v3/${path}`, { headers: { ...headers, ...more } });

  it('have numbers as strings and checksums, and only the fields that were asked for', async () => {
    const id = drive.files.put({ name: 'stores.csv', content: csv });
    const { json } = await get(`files/${id}?fields=id,size,md5Checksum,version,capabilities(canDownload)`);
    expect(json).toEqual({
      ...{ id, size: '8', version: '1', md5Checksum: 'e5ebd4c02cefbe7955977c67ada242b7' },
      capabilities: { canDownload: true },
    });
    expect((await get(`files/${id}`)).json).toEqual({
      kind: 'drive#file',
      id,
      name: 'stores.csv',
      mimeType: 'text/csv',
    });
    expect((await get(`files/${id}?fields=id,(`)).status).toBe(400);
  });

  it('are not there without a token, for those who may not see them, and in shared drives nobody asks for', async () => {
    const id = drive.files.put({ name: 'shared.csv', content: csv, driveId: '0AD' });
    expect((await ask(`${drive.hosts.api}/drive/v3/files/${id}`)).status).toBe(401);
    expect((await get(`files/${id}`)).status).toBe(404);
    expect((await get(`files/${id}?supportsAllDrives=true`)).status).toBe(200);
    drive.files.change(id, { isHidden: true });
    expect((await get(`files/${id}?supportsAllDrives=true`)).status).toBe(404);
  });

  it('are served in parts', async () => {
    const id = drive.files.put({ name: 'stores.csv', content: csv });
    const part = await get(`files/${id}?alt=media`, { Range: 'bytes=4-' });
    expect([part.status, part.headers.get('content-range'), part.text]).toEqual([
      206,
      'bytes 4-7/8',
      '1,2\n',
    ]);
    expect((await get(`files/${id}?alt=media`, { Range: 'bytes=8-' })).status).toBe(416);
  });

  it('of its own are exported up to ten megabytes; links have no such limit, and lead to another origin', async () => {
    const id = drive.files.putSheet({ name: 'Stores', xlsx: Buffer.alloc(11 * 1024 * 1024, 7), csv });
    expect(reasonOf(await get(`files/${id}?alt=media`))).toBe('fileNotDownloadable');
    expect((await get(`files/${id}/export?mimeType=text/csv`)).text).toBe(csv);
    const { json } = await get(`files/${id}?fields=exportLinks,headRevisionId,md5Checksum`);
    const [[workbookType, link] = ['', '']] = Object.entries(json['exportLinks'] as Record<string, string>);
    expect(Object.keys(json)).toEqual(['exportLinks']);
    const tooLarge = await get(`files/${id}/export?mimeType=${encodeURIComponent(workbookType)}`);
    expect(reasonOf(tooLarge)).toBe('exportSizeLimitExceeded');
    expect((await ask(link)).status).toBe(401);
    const location = (await ask(link, { headers })).headers.get('location') ?? '';
    expect(new URL(location).origin).toBe(drive.hosts.content);
    expect((await ask(location, { headers })).text).toBe('a token was sent to another origin');
    expect((await ask(location)).text).toHaveLength(11 * 1024 * 1024);
  });

  it('are found by a query, page by page', async () => {
    const ids = ['one.csv', "two's.csv", 'three.kml'].map((name) =>
      drive.files.put({
        name,
        content: csv,
        parents: ['folder'],
        mimeType: name.endsWith('kml') ? 'x/kml' : 'text/csv',
      }),
    );
    const list = async (q: string, more = ''): Promise<{ names: string[]; next: unknown }> => {
      const fields = 'nextPageToken,files(name)';
      const { json } = await get(`files?q=${encodeURIComponent(q)}&fields=${fields}&orderBy=name${more}`);
      return {
        names: (json['files'] as { name: string }[]).map(({ name }) => name),
        next: json['nextPageToken'],
      };
    };
    const inFolder = `'folder' in parents and trashed = false`;
    expect((await list(`${inFolder} and not mimeType = 'text/csv'`)).names).toEqual(['three.kml']);
    expect((await list(`${inFolder} and name contains 'two\\'s'`)).names).toEqual(["two's.csv"]);
    expect((await list(`${inFolder} and (name contains 'wo' or name contains 'thr')`)).names).toEqual([
      'three.kml',
    ]);
    const first = await list(inFolder, '&pageSize=2');
    expect(first.names).toEqual(['one.csv', 'three.kml']);
    expect((await list(inFolder, `&pageSize=2&pageToken=${String(first.next)}`)).names).toEqual([
      "two's.csv",
    ]);
    expect(ids).toHaveLength(3);
    expect((await get(`files?q=${encodeURIComponent('trashed =')}`)).status).toBe(400);
  });
});

describe('the files of Dropbox', () => {
  let dropbox: FakeDropbox;
  let bearer: string;
  beforeAll(async () => {
    dropbox = await startFakeDropbox(client);
    bearer = `Bearer ${dropbox.tokens.issue().accessToken}`;
  });
  afterAll(() => dropbox.stop());
  const rpc = (route: string, body: object): Promise<Answer> =>
    ask(`${dropbox.hosts.api}/2/files/${route}`, {
      method: 'POST',
      headers: { Authorization: bearer, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const download = (argument: string, more: Record<string, string> = {}): Promise<Answer> =>
    ask(`${dropbox.hosts.content}/2/files/download`, {
      method: 'POST',
      headers: { Authorization: bearer, 'Dropbox-API-Arg': argument, ...more },
    });

  it('take their argument as JSON in ASCII in a header, and no form', async () => {
    const id = dropbox.files.put({ path: '/Données/é€😀.csv', content: csv });
    const whole = await download('{"path":"/Donn\\u00e9es/\\u00e9\\u20ac\\ud83d\\ude00.csv"}');
    expect([whole.status, whole.text]).toEqual([200, csv]);
    expect(JSON.parse(whole.headers.get('dropbox-api-result') ?? '')).toMatchObject({ id, size: 8 });
    expect((await download('{"path":"/Données/x.csv"}')).status).toBe(400);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await download(JSON.stringify({ path: id }), form)).status).toBe(400);
  });

  it('have a weak tag, parts, and revisions that can be pinned', async () => {
    const id = dropbox.files.put({ path: '/stores.csv', content: csv });
    const { json } = await rpc('get_metadata', { path: id });
    const pinned = JSON.stringify({ path: `rev:${String(json['rev'])}` });
    const part = await download(pinned, { Range: 'bytes=4-' });
    expect([part.status, part.text, part.headers.get('etag')]).toEqual([
      206,
      '1,2\n',
      `W/"${String(json['rev'])}"`,
    ]);
    expect((await download(pinned, { 'If-None-Match': `W/"${String(json['rev'])}"` })).status).toBe(304);
    dropbox.files.change(id, { content: csv });
    expect((await download(pinned)).json['error']).toEqual({ '.tag': 'path', path: { '.tag': 'not_found' } });
    const again = (await rpc('get_metadata', { path: id })).json;
    expect(again['content_hash']).toBe(json['content_hash']);
    expect(again['rev']).not.toBe(json['rev']);
  });

  it('keep their id when they move, and are listed and searched page by page', async () => {
    const ids = ['a', 'b', 'c'].map((name) =>
      dropbox.files.put({ path: `/list/${name}.csv`, content: name }),
    );
    dropbox.files.change(ids[0] ?? '', { path: '/list/moved.csv' });
    expect((await rpc('get_metadata', { path: ids[0] })).json['path_display']).toBe('/list/moved.csv');
    const first = (await rpc('list_folder', { path: '/list', limit: 2 })).json;
    const second = (await rpc('list_folder/continue', { cursor: first['cursor'] })).json;
    expect([first['has_more'], second['has_more']]).toEqual([true, false]);
    const names = [...(first['entries'] as { name: string }[]), ...(second['entries'] as { name: string }[])];
    expect(names.map(({ name }) => name).sort()).toEqual(['b.csv', 'c.csv', 'moved.csv']);
    const found = await rpc('search_v2', { query: 'moved', options: { file_extensions: ['csv'] } });
    expect(found.json['matches']).toEqual([
      {
        match_type: { '.tag': 'filename' },
        metadata: { '.tag': 'metadata', metadata: expect.objectContaining({ id: ids[0] }) as object },
      },
    ]);
  });
});

describe('the files of Box', () => {
  let box: FakeBox;
  let headers: Record<string, string>;
  beforeAll(async () => {
    box = await startFakeBox({ ...client, deliver: () => `${box.hosts.content}/nobody` });
    headers = { Authorization: `Bearer ${box.tokens.issue().accessToken}` };
  });
  afterAll(() => box.stop());
  const get = (path: string, more: Record<string, string> = {}): Promise<Answer> =>
    ask(`${box.hosts.api}/2.0/${path}`, { headers: { ...headers, ...more } });

  it('have a bare etag, and only the fields that were asked for', async () => {
    const id = box.files.put({ name: 'stores.csv', content: csv });
    const { json } = await get(`files/${id}?fields=sha1,size`);
    expect(json).toEqual({
      type: 'file',
      id,
      etag: '0',
      sha1: '2aa26ec98d674d5160b612c7edad7172d85c9df7',
      size: 8,
    });
    expect((await get(`files/${id}`, { 'If-None-Match': '0' })).status).toBe(304);
    box.files.change(id, { name: 'shops.csv' });
    expect((await get(`files/${id}`, { 'If-None-Match': '0' })).status).toBe(200);
    box.files.change(id, { isTrashed: true });
    expect((await get(`files/${id}`)).json['code']).toBe('trashed');
  });

  it('come from another origin, which must see no token, when they are ready', async () => {
    const id = box.files.put({ name: 'stores.csv', content: csv });
    box.files.change(id, { preparations: 1 });
    expect((await get(`files/${id}/content`)).headers.get('retry-after')).toBe('1');
    const location = (await get(`files/${id}/content`)).headers.get('location') ?? '';
    expect(new URL(location).origin).toBe(box.hosts.content);
    expect((await ask(location, { headers })).status).toBe(400);
    expect((await ask(location, { headers: { BoxApi: 'shared_link=x' } })).status).toBe(400);
    expect((await ask(location, { headers: { Range: 'bytes=4-' } })).text).toBe('1,2\n');
  });

  it('are not there for a token that is not good, and the answer has no body', async () => {
    const { status, text, headers: answered } = await ask(`${box.hosts.api}/2.0/files/1`);
    expect([status, text]).toEqual([401, '']);
    expect(answered.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('tell of themselves in messages that are signed with two keys', async () => {
    box.files.put({ name: 'hooked.csv', content: csv, parentId: '77' });
    const made = await ask(`${box.hosts.api}/2.0/webhooks`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        ...{ target: { id: '77', type: 'folder' }, address: 'https://hooks.example.org/box' },
        triggers: ['FILE.UPLOADED'],
      }),
    });
    expect(made.status).toBe(201);
    box.files.put({ name: 'more.csv', content: csv, parentId: '77' });
    const [sent] = await box.deliveries();
    const signed = createHmac('sha256', 'box-primary-key')
      .update(`${sent?.body ?? ''}${sent?.headers['BOX-DELIVERY-TIMESTAMP'] ?? ''}`)
      .digest('base64');
    expect(sent).toMatchObject({ status: 404, headers: { 'BOX-SIGNATURE-PRIMARY': signed } });
  });
});
