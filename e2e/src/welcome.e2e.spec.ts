import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type LocalStack,
  migrateMetadata,
  readStackFile,
  type ServicesOptions,
  startLocalStack,
  startServices,
  welcome,
} from '@tidetable/local-stack';
import pg from 'pg';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const sampleFile = join(checkout, 'examples/harbours.csv');

let dataFolder: string;
let stack: LocalStack;
let options: ServicesOptions;
let apiUrl: string;
let first: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'tidetable-e2e-'));
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'fatal' };
  stack = await startLocalStack({ dataFolder, durability: 'fast', temporary: true, env });
  const ignore = (): void => undefined;
  options = { checkout, dataFolder, stack, env, onProgress: ignore, onLost: ignore };
  await migrateMetadata(options);
  ({ apiUrl } = await startServices(options));
  first = await welcome(options, apiUrl, sampleFile);
});

afterAll(async () => {
  await stack.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

async function ask<T>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: T }>(statement)).rows.map(({ value }) => value);
  } finally {
    await client.end();
  }
}

/** What a further start says; whatever that is, it tells where everything is. */
async function nextWelcome(): Promise<string> {
  const text = await welcome(options, apiUrl, sampleFile);
  const known = readStackFile(dataFolder);
  for (const value of [apiUrl, known?.apiKey, stack.metadataDatabaseUrl, stack.destinationDatabaseUrl]) {
    expect(text).toContain(value);
  }
  expect(text).toContain(`curl -u demo:${known?.apiKey} -H`);
  return text;
}

const keys = (): Promise<string[]> =>
  ask(stack.metadataDatabaseUrl, 'SELECT key_prefix AS value FROM api_keys');

describe('the welcome', () => {
  it('shows the first rows of the sample at the first start, and again later', async () => {
    expect(first).toMatch(/^The table demo\.harbours, 6 of its \d+ rows:\n\n/);
    expect(await nextWelcome()).toBe(first);
  });

  it('says what a disabled account needs, and makes no further key for it', async () => {
    const before = await keys();
    await ask(stack.metadataDatabaseUrl, "UPDATE accounts SET state = 'disabled'");
    expect(await nextWelcome()).toMatch(
      /^The account demo is disabled, .*npm run accounts -- enable demo\n\n/,
    );
    await ask(stack.metadataDatabaseUrl, "UPDATE accounts SET state = 'active'");
    expect(await keys()).toEqual(before);
    expect(await nextWelcome()).toBe(first);
  });

  it('makes a new key in place of a revoked one', async () => {
    await ask(stack.metadataDatabaseUrl, 'UPDATE api_keys SET revoked_at = now()');
    expect(await nextWelcome()).toMatch(/^The table demo\.harbours, /);
    expect(await keys()).toHaveLength(2);
  });

  it('says what becomes of a table that was renamed or dropped', async () => {
    await ask(stack.destinationDatabaseUrl, 'ALTER TABLE demo.harbours RENAME TO ports');
    expect(await nextWelcome()).toMatch(/^The table demo\.harbours is not there: .*; renamed, .*\n\n/);
    await ask(stack.destinationDatabaseUrl, 'DROP TABLE demo.ports');
    expect(await nextWelcome()).toMatch(/^The table demo\.harbours is not there: dropped, it comes back /);
  });

  it('does not synchronize the sample again when somebody ended that', async () => {
    const key = readStackFile(dataFolder)?.apiKey ?? '';
    const [id] = await ask<string>(stack.metadataDatabaseUrl, 'SELECT id AS value FROM synchronizations');
    const answer = await fetch(`${apiUrl}/api/v1/synchronizations/${id}?api_key=${key}`, {
      method: 'DELETE',
    });
    expect(answer.status).toBe(204);
    expect(await nextWelcome()).toMatch(/^The sample file is not synchronized; the first command below/);
    const count = 'SELECT count(*)::integer AS value FROM synchronizations WHERE deleted_at IS NULL';
    expect(await ask(stack.metadataDatabaseUrl, count)).toEqual([0]);
  });
});
