import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import {
  insertApiKey,
  insertRun,
  insertSynchronization,
  type NatsServer,
  startNats,
} from '@tidetable/test-harness';
import type { Operation } from '../src/openapi/operation.js';
import { referenceOperations } from '../src/openapi/reference-operations.js';
import { v1Operations } from '../src/openapi/v1-operations.js';
import { v2Operations } from '../src/openapi/v2-operations.js';
import type { OpenApiDocument } from '../src/openapi/write-openapi.js';
import { exampleIds } from '../src/v2/example-ids.js';
import { exampleWebhookIds } from '../src/v2/webhooks/example-webhook.js';
import { v2Endpoints, type V2Parts } from '../src/v2/v2-endpoints.js';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';
import { type ScriptedPlanner, startScriptedPlanner } from './scripted-planner.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';
import { type ScriptedImporter, startScriptedImporter } from './scripted-importer.js';

const settings = { minIntervalSeconds: 900, syncNowGapSeconds: 900 } as V2Parts;
const operations = [...v2Operations(v2Endpoints(settings)), ...v1Operations, ...referenceOperations];
const withExample = operations.flatMap((operation): [string, Operation][] =>
  operation.example === undefined ? [] : [[operation.operationId, operation]],
);

interface Described {
  operationId: string;
  summary: string;
  security: object[];
  responses: Record<string, { description: string; content?: Record<string, { examples?: object }> }>;
}

let nats: NatsServer;
let scheduler: ScriptedScheduler;
let importer: ScriptedImporter;
let planner: ScriptedPlanner;
let api: ApiUnderTest;
let customer: Customer;
let document: OpenApiDocument;

beforeAll(async () => {
  nats = await startNats();
  scheduler = await startScriptedScheduler(nats.url);
  importer = await startScriptedImporter(nats.url);
  planner = await startScriptedPlanner(nats.url);
  api = await startApi({ NATS_URL: nats.url });
  customer = await api.customer();
  document = (await api.call('GET', '/openapi.json')).json as OpenApiDocument;
});
afterAll(async () => {
  await api.stop();
  await scheduler.stop();
  await importer.stop();
  await planner.stop();
  await nats.stop();
});

function described(): [string, string, Described][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Described] => [
      path,
      method,
      operation as Described,
    ]),
  );
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document.openapi).toBe('3.1.0');
  });

  it('has every route that is served, and none else', () => {
    const spelt = (method: string, url: string): string =>
      `${method.toUpperCase()} ${url.replace(/^\/(user|u)\/:username/, '').replaceAll(/:(\w+)/g, '{$1}')}`;
    const served = api.routes
      // Fastify answers HEAD by GET.
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => spelt(method, url));
    const written = described().map(([path, method]) => spelt(method, path));
    expect([...new Set(served)].sort()).toEqual(written.sort());
  });

  it('says of every operation what it is, who may use it, and what comes back', () => {
    const ids = described().map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, , { summary, security, responses }] of described()) {
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
      expect(Array.isArray(security)).toBe(true);
      expect(Object.keys(responses).some((status) => /^[23]/.test(status))).toBe(true);
      if (!path.startsWith('/api/v2')) continue;
      expect(security.length).toBeGreaterThan(0);
      for (const [status, { description, content }] of Object.entries(responses)) {
        expect(description).toMatch(/./);
        if (/^[45]/.test(status)) expect(content?.['application/problem+json']?.examples).toBeDefined();
      }
      for (const status of ['401', '403', '406', '500', '503'])
        expect(Object.keys(responses)).toContain(status);
    }
  });

  it('has an example of each operation of version 2, and what is shown there is what its schema says', () => {
    for (const { path, example, answers } of operations.filter(({ key }) => key === 'header')) {
      const schema = answers[example?.status ?? 0]?.schema;
      expect([path, example]).toEqual([path, expect.anything()]);
      if (schema !== undefined) expect(schema.parse(example?.answer)).toEqual(example?.answer);
    }
  });
});

async function makeExampleWebhook(): Promise<void> {
  await api.sql.query('DELETE FROM webhooks');
  await api.sql.query(
    `INSERT INTO webhooks (id, account_id, url, event_types, secret)
     VALUES ($1, $2, 'https://hooks.example.org/tidetable', '{tidetable.run.failed.v1}', 'whsec_AAAA')`,
    [exampleWebhookIds.webhook, customer.id],
  );
  await api.sql.query(
    `INSERT INTO webhook_deliveries
       (id, webhook_id, event_type, event_key, source, payload, state, attempts, attempted_at, next_attempt_at, ended_at)
     VALUES ($1, $2, 'tidetable.run.failed.v1', 'key', '/', '{"outcome": "failed"}', 'delivered', 1, now(), NULL, now())`,
    [exampleWebhookIds.delivery, exampleWebhookIds.webhook],
  );
}

/** The rows of the examples, as new. */
async function makeExampleRows(): Promise<void> {
  await api.sql.query('DELETE FROM synchronizations');
  await makeExampleWebhook();
  await api.sql.query('DELETE FROM api_keys WHERE id = $1', [exampleIds.key]);
  await insertApiKey(api.sql, customer.id, { id: exampleIds.key, scope: 'read' });
  importer.give(customer.id, exampleIds.login);
  const hourAgo = new Date(Date.now() - 3_600_000);
  await insertSynchronization(api.sql, {
    id: exampleIds.synchronization,
    account_id: customer.id,
    first_run_id: exampleIds.run,
    log_id: exampleIds.log,
    state: 'success',
    attempted_at: hourAgo,
  });
  const report = { schema: 'demo', table: 'ports', rows: 1, columns: [], geometries: null, warnings: [] };
  await insertRun(api.sql, exampleIds.synchronization, {
    id: exampleIds.run,
    outcome: 'imported',
    finished_at: hourAgo,
    report,
  });
  await api.sql.query(
    "INSERT INTO run_log (log_id, run_id, level, message) VALUES ($1, $2, 'info', 'It ended.')",
    [exampleIds.log, exampleIds.run],
  );
}

describe('an example', () => {
  it.each(withExample)('of %s does what it says', async (_, { method, path, answers, example, key }) => {
    await makeExampleRows();
    const place = path.replaceAll(/:(\w+)/g, (__, name: string) => example?.path?.[name] ?? '');
    const query = new URLSearchParams(example?.query).toString();
    const answer = await api.call(method, query === '' ? place : `${place}?${query}`, {
      ...(example?.body === undefined ? {} : { body: example.body }),
      headers: {
        ...example?.headers,
        ...(key === 'none' ? {} : { authorization: `Bearer ${customer.key}` }),
      },
    });
    expect([answer.status, answer.status === example?.status ? '' : answer.text]).toEqual([
      example?.status,
      '',
    ]);
    const { schema, mediaType = 'application/json' } = answers[answer.status] ?? {};
    if (schema === undefined) return;
    expect(answer.headers['content-type']).toContain(mediaType);
    expect(schema.parse(answer.json)).toEqual(answer.json);
  });
});

describe('the page for people', () => {
  it('loads from here alone', async () => {
    const page = await api.call('GET', '/docs');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).toMatch(/^\/docs\//);
      expect((await api.call('GET', address)).status).toBe(200);
    }
    expect((await api.call('GET', '/docs/package.json')).status).toBe(404);
    expect((await api.call('GET', '/docs/..%2fpackage.json')).status).toBe(404);
  });
});
