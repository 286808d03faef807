import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  keepCredentialsV1Pattern,
  type KeepCredentialsV1Reply,
  keepCredentialsV1RequestSchema,
  type KeepCredentialsV1Request,
  type SynchronizationDto,
} from '@tidetable/contracts';
import { startNats } from '@tidetable/test-harness';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';

const url = 'https://files.example.org:8443/ports.csv?token=t';
const headers = { 'X-Api-Key': 'very-secret' };
const basicAuth = { username: 'ann', password: 'very-secret' };
const path = '/synchronizations';

let nats: Awaited<ReturnType<typeof startNats>>;
let fetcher: ServerNats;
let api: ApiUnderTest;
let customer: Customer;
const asked: KeepCredentialsV1Request[] = [];
let reply: KeepCredentialsV1Reply;

beforeAll(async () => {
  nats = await startNats();
  fetcher = new ServerNats({ servers: [nats.url] });
  fetcher.addHandler(keepCredentialsV1Pattern, async (question: unknown) => {
    asked.push(keepCredentialsV1RequestSchema.parse(question));
    return reply;
  });
  await new Promise<void>((resolve) => void fetcher.listen(() => resolve()));
  api = await startApi({ NATS_URL: nats.url });
  customer = await api.customer();
});

afterAll(async () => {
  await api.stop();
  await fetcher.close();
  await nats.stop();
});

beforeEach(() => {
  asked.length = 0;
  reply = { outcome: 'kept', headerNames: ['X-Api-Key'], hasBasicAuth: true };
});

async function created(fields: object = {}): Promise<SynchronizationDto> {
  const { json } = await customer.call('POST', path, { body: { url, ...fields } });
  return json as SynchronizationDto;
}

const row = (id: string) =>
  api.sql
    .query<Record<string, unknown>>('SELECT * FROM synchronizations WHERE id = $1', [id])
    .then(({ rows }) => rows[0]);

describe('headers and basic authentication of a new synchronization', () => {
  it('go to a fetcher, for the origin of the URL, and only their names come back', async () => {
    const answer = await customer.call('POST', path, { body: { url, headers, basic_auth: basicAuth } });
    const { id } = answer.json as SynchronizationDto;
    expect([answer.status, answer.json]).toEqual([
      200,
      expect.objectContaining({ header_names: ['X-Api-Key'], has_basic_auth: true }),
    ]);
    expect(asked).toEqual([
      {
        synchronizationId: id,
        accountId: customer.id,
        origin: 'https://files.example.org:8443',
        headers,
        basicAuth,
      },
    ]);
    const shown = await customer.call('GET', `${path}/${id}`);
    expect(shown.json).toMatchObject({ header_names: ['X-Api-Key'], has_basic_auth: true });
    for (const seen of [answer, shown, await row(id)])
      expect(JSON.stringify(seen)).not.toContain('very-secret');
  });

  it('are asked of nobody where there are none', async () => {
    expect(await created()).toMatchObject({ header_names: [], has_basic_auth: false });
    expect(asked).toEqual([]);
  });

  it.each<[KeepCredentialsV1Reply['outcome'], number, string]>([
    ['over-http', 400, 'Invalid url: must be an https address'],
    ['two-authorizations', 400, 'Invalid basic_auth: must be left out while the headers name Authorization.'],
    ['not-configured', 501, 'This installation has no database'],
  ])(
    'that a fetcher does not keep, as it is %s, are refused, and nothing is created',
    async (outcome, status, text) => {
      const count = async () => (await api.sql.query('SELECT FROM synchronizations')).rowCount;
      const before = await count();
      reply = { outcome } as KeepCredentialsV1Reply;
      const answer = await customer.call('POST', path, { body: { url, headers } });
      expect([answer.status, answer.json]).toEqual([
        status,
        expect.objectContaining({ errors: expect.stringContaining(text) }),
      ]);
      expect(await count()).toBe(before);
    },
  );

  it.each([
    [{ headers: { Host: 'x' } }, 'Invalid headers: must not set Host'],
    [{ headers: { 'X-A': 'a\r\nX-B: c' } }, 'Invalid headers: must have values'],
    [{ headers: 'X-A: b' }, 'Invalid headers: must be an object'],
    [{ basic_auth: 'ann:x' }, 'Invalid basic_auth: must be an object'],
    [{ service_name: 'box', service_item_id: '1', url: null, headers }, 'Invalid headers: must be left out'],
  ])('are refused before anybody is asked when they can not be sent: %j', async (fields, complaint) => {
    const { status, json } = await customer.call('POST', path, { body: { url, ...fields } });
    expect([status, json]).toEqual([400, { errors: expect.stringContaining(complaint) }]);
    expect(asked).toEqual([]);
  });
});

describe('headers and basic authentication that are changed', () => {
  it('go to a fetcher, one without the other, and make the next refresh load the file anew', async () => {
    const { id } = await created();
    const before = await row(id);
    const { json } = await customer.call('PUT', `${path}/${id}`, { body: { headers } });
    expect(json).toMatchObject({ header_names: ['X-Api-Key'], has_basic_auth: true });
    expect(asked).toEqual([
      { synchronizationId: id, accountId: customer.id, origin: 'https://files.example.org:8443', headers },
    ]);
    const after = await row(id);
    expect(Number(after?.['options_changed_at'])).toBeGreaterThan(Number(before?.['options_changed_at']));
  });

  it('are removed by null', async () => {
    const { id } = await created({ headers });
    reply = { outcome: 'kept', headerNames: [], hasBasicAuth: false };
    const { json } = await customer.call('PUT', `${path}/${id}`, {
      body: { headers: null, basic_auth: null },
    });
    expect(json).toMatchObject({ header_names: [], has_basic_auth: false });
    expect(asked.at(-1)).toMatchObject({ headers: null, basicAuth: null });
  });

  it('stay when something else is changed, or the whole record is put back', async () => {
    const record = await created({ headers });
    asked.length = 0;
    const { json } = await customer.call('PUT', `${path}/${record.id}`, {
      body: { ...record, interval: 7_200 },
    });
    expect(json).toMatchObject({ interval: 7_200, header_names: ['X-Api-Key'], has_basic_auth: true });
    expect(asked).toEqual([]);
  });

  it('of somebody else are not there, and nobody is asked', async () => {
    const { id } = await created();
    const stranger = await api.customer();
    const { status } = await stranger.call('PUT', `${path}/${id}`, { body: { headers } });
    expect([status, asked]).toEqual([404, []]);
  });

  it('are refused with 503 while no fetcher answers', async () => {
    const { id } = await created();
    await fetcher.close();
    const answer = await customer.call('PUT', `${path}/${id}`, { body: { headers } });
    expect([answer.status, answer.json]).toEqual([503, expect.objectContaining({ error: 'fetchers-away' })]);
    expect(JSON.stringify(answer)).not.toContain('very-secret');
  });
});
