import { createMetadataDatabase, insertAccount, insertApiKey } from '@tidetable/test-harness';
import { createLogger } from '@tidetable/service-host';
import { request as sendRequest } from 'node:http';
import pg from 'pg';
import { parseApiEnvironment } from '../src/api.env.js';
import { type ApiService, start } from '../src/start.js';

/** A request to the api, with everything that `fetch` would not let a test choose. */
export interface Call {
  body?: string | object;
  headers?: Record<string, string>;
}

/** An answer; `json` is its body, `null` when it has none in JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: unknown;
  text: string;
}

/** An account with a key of its own. */
export interface Customer {
  id: string;
  username: string;
  key: string;
  /** Calls with the key in the query; `path` is what follows `/api/v1`. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
}

/** The api in this process, on a database of its own. */
export interface ApiUnderTest {
  readonly port: number;
  readonly databaseUrl: string;
  readonly routes: ApiService['routes'];
  /** The metadata database, to set up and to look at. */
  readonly sql: pg.Pool;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  customer(username?: string): Promise<Customer>;
  stop(): Promise<void>;
}

/** Starts the api; `throughUrl` may put something between it and its database. */
export async function startApi(
  settings: Record<string, string> = {},
  throughUrl: (databaseUrl: string) => Promise<string> | string = (url) => url,
): Promise<ApiUnderTest> {
  const database = await createMetadataDatabase();
  const sql = new pg.Pool({ connectionString: database.url, max: 2 });
  const environment = parseApiEnvironment({
    METADATA_DATABASE_URL: await throughUrl(database.url),
    API_HOST: '127.0.0.1',
    API_PORT: '0',
    HEALTH_PORT: '0',
    // Tests ask more often, and more wrongly, than people; those of the limits set their own.
    REQUESTS_PER_MINUTE: '1000000',
    STRANGER_REQUESTS_PER_MINUTE: '1000000',
    ...settings,
  });
  const service = await start(environment, createLogger('api', 'fatal'));
  const call: ApiUnderTest['call'] = (method, path, options) => send(service.port, method, path, options);
  return {
    port: service.port,
    databaseUrl: database.url,
    routes: service.routes,
    sql,
    call,
    customer: (username) => makeCustomer(sql, call, username),
    stop: async () => {
      await service.stop();
      await sql.end();
      await database.drop();
    },
  };
}

async function makeCustomer(sql: pg.Pool, call: ApiUnderTest['call'], username?: string): Promise<Customer> {
  const account = await insertAccount(sql, username === undefined ? {} : { username });
  const key = await insertApiKey(sql, account.id);
  return {
    ...account,
    key,
    call: (method, path, options) =>
      call(method, `/api/v1${path}${path.includes('?') ? '&' : '?'}api_key=${key}`, options),
  };
}

/** Sends one request on a connection of its own; an object becomes a JSON body with its content type. */
export function send(
  port: number,
  method: string,
  path: string,
  { body, headers = {} }: Call = {},
): Promise<Answer> {
  const isJson = typeof body === 'object';
  const text = isJson ? JSON.stringify(body) : (body ?? '');
  const sent = {
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...(text === '' && method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      { host: '127.0.0.1', port, method, path, headers: sent, agent: false },
      (response) => {
        let received = '';
        const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
        response.setEncoding('utf8').on('data', (chunk: string) => {
          received += chunk;
          // A stream has no end: its beginning is the answer.
          if (isStream) request.destroy();
        });
        response.on(isStream ? 'close' : 'end', () => {
          const isPage = response.headers['content-type']?.startsWith('text/') ?? false;
          const json: unknown = received === '' || isPage ? null : JSON.parse(received);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, json, text: received });
        });
        if (!isStream) response.on('error', reject);
      },
    );
    request.on('error', reject).end(text);
  });
}
