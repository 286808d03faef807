import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tidetable/test-harness';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';
import { type BreakableLink, linkTo } from './breakable-link.js';

let api: ApiUnderTest;
let customer: Customer;
let link: BreakableLink;

beforeAll(async () => {
  api = await startApi({}, async (url) => (link = await linkTo(url)).url);
  customer = await api.customer();
});
afterAll(async () => {
  await api.stop();
  await link.cut();
});

const unavailable = {
  status: 503,
  headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
  json: { errors: expect.stringMatching(/temporarily unavailable/) },
};

describe('while the database is away', () => {
  it('the api says so, stays alive, and answers again once it is back', async () => {
    expect((await customer.call('GET', '/synchronizations')).status).toBe(200);
    await link.cut();
    for (const [method, path] of [
      ['GET', '/synchronizations'],
      ['POST', '/synchronizations?url=https://example.org/a.csv'],
    ] as const) {
      expect(await customer.call(method, path)).toMatchObject(unavailable);
    }
    expect((await api.call('GET', '/livez')).status).toBe(200);
    expect(await api.call('GET', '/readyz')).toMatchObject({
      status: 503,
      json: { checks: { metadataDatabase: 'failing' } },
    });
    await link.mend();
    await waitFor(async () => (await customer.call('GET', '/synchronizations')).status === 200);
    expect((await api.call('GET', '/readyz')).status).toBe(200);
  });

  it('a connection that is cut in between costs at most an answer of 503', async () => {
    await Promise.all(Array.from({ length: 4 }, () => customer.call('GET', '/synchronizations')));
    await api.sql.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidetable' AND datname = current_database()",
    );
    const statuses = new Set<number>();
    for (let n = 0; n < 6; n += 1) statuses.add((await customer.call('GET', '/synchronizations')).status);
    expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
    expect((await customer.call('GET', '/synchronizations')).status).toBe(200);
  });

  it('a database that no longer answers is given up within seconds', async () => {
    link.stall();
    expect(await customer.call('GET', '/synchronizations')).toMatchObject(unavailable);
    await link.cut();
    await link.mend();
    await waitFor(async () => (await customer.call('GET', '/synchronizations')).status === 200);
  });
});
