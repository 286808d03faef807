import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOrigin, type Origin } from '@tidetable/test-harness';
import { readUrl, versionWith } from './url-reader.js';

const csv = 'name,latitude,longitude\nHamburg,53.54,9.98\n';
const etag = '"v1"';
const lastModified = 'Tue, 05 Nov 2024 10:00:00 GMT';

let origin: Origin;

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

describe('a file at a URL', () => {
  it('arrives byte for byte, with its name, media type and validators', async () => {
    const content = Buffer.from(Array.from({ length: 500_000 }, (_, index) => index % 251));
    origin.serveFile('/data/ports.csv', content, {
      etag,
      lastModified,
      headers: { 'Content-Type': 'Text/CSV; charset=utf-8' },
    });
    expect(await readUrl(origin.url('/data/ports.csv?token=1'))).toMatchObject({
      isChanged: true,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      fileName: 'ports.csv',
      mediaType: 'text/csv',
      etag,
      lastModified,
      httpStatus: 200,
    });
  });

  it('is asked for honestly and as it is', async () => {
    origin.serveFile('/ports.csv', csv);
    await readUrl(origin.url('/ports.csv?year=2024&q=a%20b#part'));
    expect(origin.requests()).toEqual([
      {
        method: 'GET',
        target: '/ports.csv?year=2024&q=a%20b',
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'Tidetable/test',
          host: `127.0.0.1:${origin.port}`,
          connection: 'close',
        },
      },
    ]);
  });

  it('is asked for with the credentials of its URL, and other origins are not', async () => {
    const other = await startOrigin();
    origin.respond('/ports.csv', { status: 302, headers: { Location: '/moved.csv' } });
    origin.respond('/moved.csv', { status: 302, headers: { Location: other.url('/ports.csv') } });
    other.respond('/ports.csv', { status: 302, headers: { Location: origin.url('/last.csv') } });
    origin.serveFile('/last.csv', csv);
    await readUrl(origin.url('/ports.csv').replace('//', '//me:s%3Acret@'));
    const basic = `Basic ${Buffer.from('me:s:cret').toString('base64')}`;
    expect(origin.requests().map(({ headers }) => headers.authorization)).toEqual([basic, basic, basic]);
    expect(other.requests()[0]?.headers).not.toHaveProperty('authorization');
    await other.stop();
  });

  it.each([
    ['in chunks', { framing: 'chunked' }],
    ['without a length', { framing: 'close' }],
  ] as const)('may come %s', async (_how, framing) => {
    origin.respond('/ports.csv', { body: csv, ...framing });
    expect(await readUrl(origin.url('/ports.csv'))).toMatchObject({
      text: csv,
      etag: null,
      lastModified: null,
    });
  });

  it('may be empty', async () => {
    origin.respond('/empty.csv', { body: '' });
    expect(await readUrl(origin.url('/empty.csv'))).toMatchObject({ isChanged: true, bytes: 0 });
  });

  it.each([
    ['gzip', gzipSync(csv)],
    ['x-gzip', Buffer.concat([gzipSync(csv.slice(0, 10)), gzipSync(csv.slice(10))])],
    ['deflate', deflateSync(csv)],
    ['br', brotliCompressSync(csv)],
    ['br, gzip', gzipSync(brotliCompressSync(csv))],
  ])('is decoded when it comes as %s although identity was asked for', async (contentEncoding, body) => {
    origin.respond('/ports.csv', { body, headers: { 'Content-Encoding': contentEncoding } });
    expect(await readUrl(origin.url('/ports.csv'))).toMatchObject({ text: csv, bytes: csv.length });
  });

  it('stays compressed when that is what the file is', async () => {
    origin.respond('/ports.csv.gz', { body: gzipSync(csv), headers: { 'Content-Type': 'application/gzip' } });
    expect(await readUrl(origin.url('/ports.csv.gz'))).toMatchObject({
      bytes: gzipSync(csv).length,
      fileName: 'ports.csv.gz',
    });
  });

  it('is named by Content-Disposition before its address', async () => {
    origin.respond('/download', {
      body: csv,
      headers: { 'Content-Disposition': 'attachment; filename="x.csv"; filename*=UTF-8\'\'h%C3%A4fen.csv' },
    });
    expect(await readUrl(origin.url('/download'))).toMatchObject({ fileName: 'häfen.csv' });
  });

  it('is named by the address to which it was redirected', async () => {
    origin.respond('/latest', { status: 302, headers: { Location: '/2024/ports%20north.csv?sig=1' } });
    origin.serveFile('/2024/ports%20north.csv', csv);
    expect(await readUrl(origin.url('/latest'))).toMatchObject({ text: csv, fileName: 'ports north.csv' });
  });
});

describe('a file that we have', () => {
  it('is asked for with its validators exactly as they were', async () => {
    origin.serveFile('/ports.csv', csv, { etag: 'W/"odd\u00e9-gzip"', lastModified });
    const previous = versionWith('W/"odd\u00e9-gzip"', lastModified);
    expect(await readUrl(origin.url('/ports.csv'), {}, previous)).toEqual({
      isChanged: false,
      etag: 'W/"odd\u00e9-gzip"',
      lastModified,
      httpStatus: 304,
    });
    expect(origin.requests()[0]?.headers).toMatchObject({
      'if-none-match': 'W/"odd\u00e9-gzip"',
      'if-modified-since': lastModified,
    });
  });

  it('is asked for with its validators on every hop', async () => {
    origin.respond('/latest', { status: 307, headers: { Location: '/ports.csv' } });
    origin.serveFile('/ports.csv', csv, { etag });
    expect(await readUrl(origin.url('/latest'), {}, versionWith(etag, null))).toMatchObject({
      isChanged: false,
    });
  });

  it('comes whole when it has changed', async () => {
    origin.serveFile('/ports.csv', csv, { etag: '"v2"', lastModified });
    expect(await readUrl(origin.url('/ports.csv'), {}, versionWith(etag, lastModified))).toMatchObject({
      isChanged: true,
      text: csv,
      etag: '"v2"',
    });
  });

  it.each([
    ['does not repeat them', {}],
    ['repeats them', { ETag: etag, 'Last-Modified': lastModified }],
    ['writes the tag as weak', { ETag: `W/${etag}` }],
    ['appends to the tag with each answer', { ETag: '"v1--gzip--gzip"' }],
  ])('keeps its validators when the 304 %s', async (_how, headers) => {
    origin.respond('/ports.csv', { status: 304, headers });
    expect(await readUrl(origin.url('/ports.csv'), {}, versionWith(etag, lastModified))).toMatchObject({
      isChanged: false,
      etag,
      lastModified,
    });
  });

  it.each([
    ['another tag', versionWith(etag, null), { ETag: '"v2"' }],
    ['another date', versionWith(null, lastModified), { 'Last-Modified': 'Mon, 04 Nov 2024 10:00:00 GMT' }],
  ])('is fetched whole when the 304 names %s', async (_what, previous, headers) => {
    origin.respond('/ports.csv', { status: 304, headers }, { headers, body: csv });
    expect(await readUrl(origin.url('/ports.csv'), {}, previous)).toMatchObject({
      isChanged: true,
      text: csv,
    });
    expect(origin.requests()[1]?.headers).not.toHaveProperty('if-none-match');
    expect(origin.requests()[1]?.headers).not.toHaveProperty('if-modified-since');
  });

  it.each([
    ['no version is known', null],
    ['the known version has no validators', versionWith(null, null)],
  ])('is not taken for unchanged when %s: an unasked 304 is an error', async (_why, previous) => {
    origin.respond('/ports.csv', { status: 304 });
    await expect(readUrl(origin.url('/ports.csv'), {}, previous)).rejects.toMatchObject({
      code: 'source-http-error',
      detail: 'HTTP 304',
    });
  });
});
