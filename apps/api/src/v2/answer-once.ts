import { createHmac } from 'node:crypto';
import { readCredentials } from '../authentication/read-credentials.js';
import type { Asks, Statement } from '../database/metadata-database.js';
import type { EndpointAnswer, EndpointRequest } from './endpoint.js';
import { Problem } from './problems/problem.js';

/** How the header is documented. */
export const idempotencyHeader = {
  'Idempotency-Key':
    'Any text of 1 to 255 printable characters that no other request has. A request that is sent again with it within 24 hours gets the answer of the first, and nothing is done twice.',
};
/** What an endpoint that answers once may refuse beside its own. */
export const idempotencyProblems = [
  'parameters-invalid',
  'request-in-flight',
  'idempotency-key-reused',
] as const;

const keyForm = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const retrySeconds = 1;

/** $1 text. False when another transaction holds it. */
const lockKey: Statement = {
  name: 'lock-idempotency-key',
  text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
};
/** $1 account, $2 key. */
const findAnswer: Statement = {
  name: 'find-idempotency-key',
  text: `
SELECT request_hash AS "requestHash", status, headers, body
  FROM idempotency_keys
 WHERE account_id = $1 AND key = $2 AND created_at > now() - interval '24 hours'`,
};
/** $1 account, $2 key, $3 hash, $4 status, $5 headers, $6 body. What is too old is replaced, and a few others go. */
const keepAnswer: Statement = {
  name: 'keep-idempotency-key',
  text: `
WITH forgotten AS (
  DELETE FROM idempotency_keys
   WHERE (account_id, key) IN (
     SELECT account_id, key FROM idempotency_keys
      WHERE created_at < now() - interval '24 hours' AND (account_id, key) <> ($1, $2)
      ORDER BY created_at LIMIT 10 FOR UPDATE SKIP LOCKED)
)
INSERT INTO idempotency_keys (account_id, key, request_hash, status, headers, body)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (account_id, key) DO UPDATE
   SET request_hash = $3, status = $4, headers = $5, body = $6, created_at = now()`,
};

interface KeptAnswer {
  readonly requestHash: Buffer;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: object | null;
}

/** Whoever can begin a transaction. */
export interface Transacts {
  transaction<T>(work: (transaction: Asks) => Promise<T>): Promise<T>;
}

/**
 * Does the work of a request once for each `Idempotency-Key`: its answer is kept in the transaction of what it did, and given
 * again for 24 hours. What was refused or failed did nothing and is not kept. Without the header the work is done.
 *
 * @param prepare what has to be asked of others before the transaction begins; gives the work itself
 * @throws Problem 400 for a key that cannot be, 409 while the first request is in hand, 422 for another request
 */
export async function answerOnce(
  database: Asks & Transacts,
  operation: string,
  request: EndpointRequest<unknown, unknown, unknown>,
  prepare: () => Promise<(transaction: Asks) => Promise<EndpointAnswer>>,
): Promise<EndpointAnswer> {
  const key = readKey(request.headers['idempotency-key']);
  if (key === undefined) return database.transaction(await prepare());
  const place = [request.account.id, key] as const;
  const requestHash = hashRequest(operation, request);
  const [before] = await database.query<KeptAnswer>(findAnswer, place);
  if (before !== undefined) return repeat(before, requestHash);
  const work = await prepare();
  return database.transaction(async (transaction) => {
    const [lock] = await transaction.query<{ taken: boolean }>(lockKey, [`idempotency ${place.join(' ')}`]);
    if (lock?.taken !== true)
      throw new Problem('request-in-flight', { headers: { 'retry-after': String(retrySeconds) } });
    const [kept] = await transaction.query<KeptAnswer>(findAnswer, place);
    if (kept !== undefined) return repeat(kept, requestHash);
    const answer = await work(transaction);
    const { status = 200, headers = {}, body } = answer;
    const json = body === undefined ? null : JSON.stringify(body);
    await transaction.query(keepAnswer, [...place, requestHash, status, headers, json]);
    return answer;
  });
}

function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && keyForm.test(header)) return header;
  const detail = 'must be 1 to 255 printable ASCII characters';
  const errors = [{ in: 'header', name: 'Idempotency-Key', detail }] as const;
  throw new Problem('parameters-invalid', { detail: `Idempotency-Key: ${detail}.`, errors });
}

/** Bodies may hold secrets that could be guessed from a plain hash; nobody who reads the database knows the API key. */
function hashRequest(operation: string, request: EndpointRequest<unknown, unknown, unknown>): Buffer {
  const apiKey = readCredentials({ query: {}, body: {} }, request.headers)?.apiKey ?? '';
  const text = JSON.stringify([operation, request.path ?? null, request.body ?? null]);
  return createHmac('sha256', apiKey).update(text, 'utf8').digest();
}

function repeat(
  { requestHash: kept, status, headers, body }: KeptAnswer,
  requestHash: Buffer,
): EndpointAnswer {
  if (!kept.equals(requestHash)) throw new Problem('idempotency-key-reused');
  const repeated = { ...headers, 'idempotent-replayed': 'true' };
  return body === null ? { status, headers: repeated } : { status, body, headers: repeated };
}
