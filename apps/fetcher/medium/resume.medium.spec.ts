import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { type Origin, type RecordedRequest, type ResponseScript, startOrigin } from '@tidetable/test-harness';
import { readUrl } from './url-reader.js';

const megabyte = 1024 * 1024;
const content = Buffer.from(Array.from({ length: 20 * megabyte }, (_, at) => (at * 7 + (at >> 8)) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const date = 'Wed, 06 Nov 2024 10:00:00 GMT';
const lastModified = 'Tue, 05 Nov 2024 10:00:00 GMT';

let origin: Origin;

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

interface Flaky {
  /** The connection breaks after so many bytes. */
  cutBytes?: number;
  validators?: Record<string, string>;
  knowsRanges?: boolean;
  body?: Buffer;
}

/** An answer of a server that breaks off; ranges are given to those who have this version. */
function flaky(
  request: RecordedRequest,
  { cutBytes = 3 * megabyte, validators = { ETag: '"1"' }, knowsRanges = true, body = content }: Flaky,
): ResponseScript {
  const { range, 'if-range': ifRange } = request.headers;
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const isSame = Object.values(validators).includes(String(ifRange));
  if (range === undefined || !knowsRanges || !isSame)
    return {
      headers: { ...validators, 'Content-Length': String(body.length) },
      body,
      cutAfterBytes: cutBytes,
    };
  const rest = body.subarray(from);
  const headers = {
    ...validators,
    'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}`,
    'Content-Length': String(rest.length),
  };
  return rest.length <= cutBytes
    ? { status: 206, headers, body: rest }
    : { status: 206, headers, body: rest, cutAfterBytes: cutBytes };
}

describe('a download that breaks off again and again', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a tag', { ETag: '"1"' }, '"1"'],
    ['a date that is old enough', { 'Last-Modified': lastModified, Date: date }, lastModified],
  ])('goes on from where it was, held together by %s', async (_what, validators, ifRange) => {
    origin.respond('/big.csv', (request) => flaky(request, { validators }));
    expect(await readUrl(origin.url('/big.csv'))).toMatchObject({ bytes: content.length, sha256 });
    const requests = origin.requests();
    expect(requests).toHaveLength(7);
    expect(requests[0]?.headers).not.toHaveProperty('range');
    for (const request of requests.slice(1)) expect(request.headers['if-range']).toBe(ifRange);
    expect(requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d+-$/);
  });

  it('goes on at a server that knows no ranges, by reading up to where it was', async () => {
    let count = 0;
    origin.respond('/big.csv', (request) =>
      flaky(request, { knowsRanges: false, cutBytes: (count += 1) * 8 * megabyte }),
    );
    expect(await readUrl(origin.url('/big.csv'))).toMatchObject({ bytes: content.length, sha256 });
    expect(origin.requests()).toHaveLength(3);
  });

  it('goes on after a stall', async () => {
    const headers = { ETag: '"1"', 'Content-Length': String(content.length) };
    origin.respond(
      '/big.csv',
      { headers, body: content.subarray(0, megabyte), hang: 'after-body' },
      (request) => flaky(request, { cutBytes: content.length }),
    );
    expect(await readUrl(origin.url('/big.csv'), { idleTimeoutMs: 200 })).toMatchObject({ sha256 });
  });

  it('goes on when the server was away for a moment', async () => {
    const broken = (request: RecordedRequest): ResponseScript => flaky(request, { cutBytes: megabyte });
    origin.respond(
      '/big.csv',
      broken,
      { status: 503 },
      (request) => flaky(request, { cutBytes: 0 }),
      (request) => flaky(request, { cutBytes: content.length }),
    );
    expect(await readUrl(origin.url('/big.csv'))).toMatchObject({ sha256 });
  });

  it('goes on within a compressed transfer', async () => {
    const body = gzipSync(content, { level: 1 });
    origin.respond('/big.csv', (request) =>
      flaky(request, {
        body,
        validators: { ETag: '"1-gzip"', 'Content-Encoding': 'gzip' },
        cutBytes: Math.ceil(body.length / 3),
      }),
    );
    expect(await readUrl(origin.url('/big.csv'))).toMatchObject({ bytes: content.length, sha256 });
  });

  it('is given up when it makes no progress', async () => {
    origin.respond('/big.csv', (request) => flaky(request, { cutBytes: megabyte }), {
      status: 206,
      cutAfterBytes: 0,
    });
    await expect(readUrl(origin.url('/big.csv'))).rejects.toMatchObject({ name: 'SourceChangedError' });
    origin.respond('/none.csv', (request) => flaky(request, { cutBytes: 0 }));
    await expect(readUrl(origin.url('/none.csv'))).rejects.toMatchObject({ code: 'source-truncated' });
    expect(origin.requests('/none.csv').length).toBeLessThanOrEqual(7);
  });

  it.each<[string, Record<string, string>]>([
    ['no validator', {}],
    ['a weak tag', { ETag: 'W/"1"' }],
    ['a weak tag and a date', { ETag: 'W/"1"', 'Last-Modified': lastModified, Date: date }],
    ['a date of a moment ago', { 'Last-Modified': date, Date: date }],
  ])('is not put together by %s', async (_what, validators) => {
    origin.respond('/big.csv', (request) => flaky(request, { validators }));
    await expect(readUrl(origin.url('/big.csv'))).rejects.toMatchObject({ code: 'source-truncated' });
    expect(origin.requests()).toHaveLength(1);
  });
});

describe('a file that is replaced while it is downloaded', () => {
  it.each<[string, (request: RecordedRequest) => ResponseScript]>([
    ['the server sends the new one', () => ({ headers: { ETag: '"2"' }, body: content })],
    [
      'the server sends a part of the new one',
      (request) => flaky(request, { validators: { ETag: '"2"', 'X-Old': '"1"' } }),
    ],
    [
      'the server sends another part',
      () => ({
        status: 206,
        headers: { ETag: '"1"', 'Content-Range': `bytes 5-9/${content.length}` },
        body: 'x',
      }),
    ],
    [
      'the file has another length',
      () => ({
        status: 206,
        headers: { ETag: '"1"', 'Content-Range': `bytes ${megabyte}-${megabyte}/99999999` },
        body: 'x',
      }),
    ],
    ['the file is shorter now', () => ({ status: 416, headers: { 'Content-Range': 'bytes */5' } })],
  ])('is never mixed: %s', async (_how, second) => {
    origin.respond('/big.csv', (request) => flaky(request, { cutBytes: megabyte }), second);
    await expect(readUrl(origin.url('/big.csv'))).rejects.toMatchObject({ name: 'SourceChangedError' });
  });
});

describe('an announced checksum', () => {
  const digest = createHash('sha256').update('a,b\n1,2\n').digest('base64');
  const md5 = createHash('md5').update('a,b\n1,2\n').digest('base64');

  it.each([
    ['Repr-Digest', `sha-256=:${digest}:`],
    ['Digest', `SHA-256=${digest}`],
    ['Content-MD5', md5],
  ])('in %s is verified', async (name, value) => {
    const headers = { [name]: value };
    origin.respond('/right.csv', { headers, body: 'a,b\n1,2\n' });
    origin.respond('/wrong.csv', { headers, body: 'a,b\n1,3\n' });
    expect(await readUrl(origin.url('/right.csv'))).toMatchObject({ bytes: 8 });
    await expect(readUrl(origin.url('/wrong.csv'))).rejects.toMatchObject({ code: 'source-digest-mismatch' });
  });
});

describe('a page in place of the file', () => {
  it.each([
    ['<!doctype html><title>Sign in</title>', 'source-login-page'],
    ['<html><title>404 Not Found</title></html>', 'source-error-page'],
    ['<html><title>Ports</title></html>', 'file-is-web-page'],
    ['{"error":{"code":400,"message":"x"}}', 'source-service-error'],
  ])('is told as such though the server calls it CSV and a success: %s', async (body, code) => {
    origin.respond('/ports.csv', { body, headers: { 'Content-Type': 'text/csv' } });
    await expect(readUrl(origin.url('/ports.csv'))).rejects.toMatchObject({ name: 'SyncError', code });
  });

  it('is not waited for to its end', async () => {
    origin.respond('/ports.csv', {
      body: function* () {
        yield '<!doctype html><title>Sign in</title>';
        for (let n = 0; n < 10_000; n += 1) yield Buffer.alloc(64 * 1024, ' ');
      },
    });
    await expect(readUrl(origin.url('/ports.csv'))).rejects.toMatchObject({ code: 'source-login-page' });
  });
});
