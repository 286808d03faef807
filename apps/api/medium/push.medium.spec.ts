import { request as sendRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  receivePushV1Pattern,
  type ReceivePushV1Request,
  receivePushV1RequestSchema,
} from '@tidetable/contracts';
import { startNats } from '@tidetable/test-harness';
import { type ApiUnderTest, startApi } from './api-under-test.js';

let nats: Awaited<ReturnType<typeof startNats>>;
let fetcher: ServerNats;
let api: ApiUnderTest;
const asked: ReceivePushV1Request[] = [];

beforeAll(async () => {
  nats = await startNats();
  fetcher = new ServerNats({ servers: [nats.url] });
  fetcher.addHandler(receivePushV1Pattern, async (question: unknown) => {
    asked.push(receivePushV1RequestSchema.parse(question));
    return { outcome: 'taken' };
  });
  await new Promise<void>((resolve) => void fetcher.listen(() => resolve()));
  api = await startApi({ NATS_URL: nats.url });
});

afterAll(async () => {
  await api.stop();
  await fetcher.close();
  await nats.stop();
});

beforeEach(() => {
  asked.length = 0;
});

interface Answer {
  status: number;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Sends these very bytes. */
function call(
  method: string,
  path: string,
  body: Buffer = Buffer.alloc(0),
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, 'content-length': String(body.length) };
    const request = sendRequest(
      { host: '127.0.0.1', port: api.port, method, path, headers: sent, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        );
      },
    );
    request.on('error', reject).end(body);
  });
}

const path = '/api/v1/push';

describe('POST /api/v1/push/:service', () => {
  it.each<[string, Buffer, string]>([
    ['JSON', Buffer.from('{"b": 1,\n "a":"ß"}'), 'application/json; charset=utf-8'],
    ['no text at all', Buffer.from([0xff, 0x00, 0xfe]), 'application/octet-stream'],
    ['broken JSON', Buffer.from('{'), 'application/json'],
    ['a form', Buffer.from('a=1'), 'application/x-www-form-urlencoded'],
    ['nothing', Buffer.alloc(0), 'text/plain'],
  ])('passes on the very bytes that came: %s', async (_, body, contentType) => {
    const answer = await call('POST', `${path}/box`, body, {
      'content-type': contentType,
      'BOX-DELIVERY-ID': 'd1',
      'BOX-SIGNATURE-PRIMARY': 's',
      authorization: 'Bearer of-nobody',
      cookie: 'a=b',
    });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(asked).toEqual([
      {
        service: 'box',
        headers: { 'box-delivery-id': 'd1', 'box-signature-primary': 's' },
        body: body.toString('base64'),
      },
    ]);
  });

  it('takes what the services prove it by, and leaves out what is too long', async () => {
    await call('POST', `${path}/gdrive`, undefined, {
      'X-Goog-Channel-ID': 'c',
      'X-Goog-Other': 'x'.repeat(1_001),
    });
    await call('POST', `${path}/dropbox`, Buffer.from('{}'), { 'X-Dropbox-Signature': 's' });
    expect(asked.map(({ headers }) => headers)).toEqual([
      { 'x-goog-channel-id': 'c' },
      { 'x-dropbox-signature': 's' },
    ]);
  });

  it('refuses a body that no service sends', async () => {
    const { status } = await call('POST', `${path}/box`, Buffer.alloc(65_537, 'x'));
    expect([status, asked]).toEqual([413, []]);
    expect((await call('POST', `${path}/box`, Buffer.alloc(65_536, 'x'))).status).toBe(200);
  });

  it('is not there for another service', async () => {
    expect((await call('POST', `${path}/ftp`)).status).toBe(404);
    expect((await call('POST', '/user/demo/api/v1/push/box')).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe('GET /api/v1/push/dropbox', () => {
  it('gives back the challenge, as nothing but text', async () => {
    const { status, text, headers } = await call('GET', `${path}/dropbox?challenge=abc-123_Z`);
    expect([status, text]).toEqual([200, 'abc-123_Z']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    '',
    '?challenge=',
    '?challenge=<script>',
    '?challenge=a&challenge=b',
    `?challenge=${'a'.repeat(201)}`,
  ])('gives back nothing else: %.40s', async (query) => {
    expect((await call('GET', `${path}/dropbox${query}`)).status).toBe(404);
  });

  it('is not there for the other services', async () => {
    expect((await call('GET', `${path}/box?challenge=abc`)).status).toBe(404);
  });
});

describe('notifications', () => {
  it('are answered with 503 while no fetcher takes them, so that they come again', async () => {
    await fetcher.close();
    const answer = await call('POST', `${path}/dropbox`, Buffer.from('{}'));
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
  });
});
