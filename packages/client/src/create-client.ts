import { UnreachableError } from './client-errors.js';
import { readProblem } from './read-problem.js';
import { operations, type Operations } from './schema.js';

export type OperationId = keyof Operations;
type Query<Id extends OperationId> = Partial<Operations[Id]['query']>;
/** The operations that answer with pages. */
export type ListId = {
  [Id in OperationId]: Operations[Id]['answer'] extends { items: unknown[]; next: string | null }
    ? Id
    : never;
}[OperationId];
/** What one row of such a list is. */
export type ItemOf<Id extends ListId> = Operations[Id]['answer'] extends { items: (infer Item)[] }
  ? Item
  : never;

/** How the server is reached. */
export interface ClientOptions {
  readonly url: string;
  readonly apiKey: string;
  /** For a whole request and its answer. @default 30 seconds */
  readonly timeoutMs?: number;
  /** For tests and other transports. @default the global one */
  readonly fetch?: typeof fetch;
}

/** What an operation is called with. */
export interface CallOptions<Id extends OperationId> {
  readonly path?: Operations[Id]['path'];
  readonly query?: Query<Id>;
  readonly body?: Operations[Id]['body'];
  /** The same key twice does the same thing once. */
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** The operations of the OpenAPI document, and of no other. */
export interface Client {
  /** Calls an operation. @throws ProblemError when refused, UnreachableError without an answer; aborting throws its reason */
  call<Id extends OperationId>(id: Id, options?: CallOptions<Id>): Promise<Operations[Id]['answer']>;
  /** All rows of a list, page after page as they are needed. */
  each<Id extends ListId>(id: Id, options?: CallOptions<Id>): AsyncGenerator<ItemOf<Id>>;
}

/** A client of one installation, with one key, which is sent in a header and stands in no error. */
export function createClient(options: ClientOptions): Client {
  const call: Client['call'] = async (id, called = {}) =>
    // What is answered is what the document says, which the server's tests hold it to.
    (await send(options, operations[id], called)) as Operations[typeof id]['answer'];
  return { call, each: (id, called) => pages(call, id, called) };
}

async function* pages<Id extends ListId>(
  call: Client['call'],
  id: Id,
  called: CallOptions<Id> = {},
): AsyncGenerator<ItemOf<Id>> {
  let query: object | undefined = called.query;
  while (true) {
    const page = (await call(id, { ...called, query: query as Query<Id> })) as {
      items: ItemOf<Id>[];
      next: string | null;
    };
    yield* page.items;
    if (page.next === null) return;
    const next = new URL(page.next, 'http://any').searchParams;
    query = Object.fromEntries(next);
  }
}

async function send(
  { url, apiKey, timeoutMs = 30_000, fetch: ask = fetch }: ClientOptions,
  { method, path }: { method: string; path: string },
  called: CallOptions<OperationId>,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = called.signal === undefined ? timeout : AbortSignal.any([called.signal, timeout]);
  try {
    const response = await ask(addressOf(url, path, called), {
      method,
      headers: headersOf(apiKey, called),
      body: called.body === undefined ? undefined : JSON.stringify(called.body),
      // The key is for this address only.
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    if (!response.ok) throw readProblem(response, text);
    if (text === '') return undefined;
    return response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : text;
  } catch (error) {
    if (called.signal?.aborted) throw called.signal.reason;
    if (error instanceof Error && error.name === 'ProblemError') throw error;
    const why = timeout.aborted
      ? `did not answer within ${timeoutMs / 1_000} s`
      : 'cannot be reached, or is no Tidetable';
    throw new UnreachableError(`${new URL(url).host} ${why}`, { cause: error });
  }
}

function headersOf(apiKey: string, called: CallOptions<OperationId>): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    authorization: `Bearer ${apiKey}`,
    ...(called.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(called.idempotencyKey === undefined ? {} : { 'idempotency-key': called.idempotencyKey }),
    ...(called.ifMatch === undefined ? {} : { 'if-match': called.ifMatch }),
  };
}

function addressOf(
  url: string,
  path: string,
  { path: parts = {}, query = {} }: CallOptions<OperationId>,
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((parts as Record<string, string>)[name] ?? ''),
  );
  const address = new URL(url.replace(/\/+$/, '') + filled);
  for (const [name, value] of Object.entries(query as Record<string, string | number | undefined>))
    if (value !== undefined) address.searchParams.set(name, String(value));
  return address.href;
}
