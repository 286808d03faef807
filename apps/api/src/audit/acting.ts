import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Who makes a change, as the metadata database writes it down. */
export interface Actor {
  readonly kind: 'key' | 'operator' | 'unknown';
  readonly keyId?: string | undefined;
  readonly keyPrefix?: string | undefined;
  readonly requestId?: string | undefined;
}

const requests = new AsyncLocalStorage<FastifyRequest>();

/** Remembers, for whatever a request leads to, which request it is: a change knows by it whose it is. */
export function rememberRequests(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => requests.run(request, done));
}

/** Who the request under way is from, so far as it is known yet. */
export function whoActs(): Actor {
  const request = requests.getStore();
  if (request === undefined) return { kind: 'unknown' };
  const { id: requestId, account } = request;
  return account === undefined
    ? { kind: 'unknown', requestId }
    : { kind: 'key', keyId: account.keyId, keyPrefix: account.keyPrefix, requestId };
}
