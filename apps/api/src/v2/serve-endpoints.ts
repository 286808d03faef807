import type { Logger } from '@tidetable/service-host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeFailure } from '../http/describe-failure.js';
import type { KeyScope } from '../accounts/key-scope.js';
import { type Endpoint, type EndpointAnswer, v2Path } from './endpoint.js';
import { etagOf, isKnown } from './etag.js';
import { eventStreamMediaType } from './live/live-endpoints.js';
import { parseJsonBody, parseRequest } from './parse-request.js';
import { explainProblem } from './problems/explain-problem.js';
import { Problem, problemBody, problemMediaType } from './problems/problem.js';

/** What serving takes. */
export interface EndpointServer {
  readonly endpoints: readonly Endpoint[];
  /** Gives a request its account, if its key reaches that far. @throws Problem or Refusal 401, 403 or 429 */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply, needed: KeyScope) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Serves endpoints below {@link v2Path}, with errors, bodies and content types of their own: nothing of it touches version
 * 1, and nothing that Nest or Fastify say gets out.
 */
export async function serveEndpoints(fastify: FastifyInstance, server: EndpointServer): Promise<void> {
  await fastify.register(
    async (v2) => {
      v2.removeAllContentTypeParsers();
      v2.addContentTypeParser<Buffer>(
        /^application\/([\w.-]+\+)?json\b/i,
        { parseAs: 'buffer' },
        async (_request: unknown, bytes: Buffer) => parseJsonBody(bytes),
      );
      v2.setErrorHandler((error, request, reply) => answerProblem(error, request, reply, server.logger));
      v2.setNotFoundHandler((request, reply) =>
        answerProblem(whyNotFound(server.endpoints, request), request, reply, server.logger),
      );
      for (const endpoint of server.endpoints) serveEndpoint(v2, endpoint, server);
    },
    { prefix: v2Path },
  );
}

function serveEndpoint(v2: FastifyInstance, endpoint: Endpoint, { authenticate }: EndpointServer): void {
  const mediaTypes = Object.values(endpoint.answers).map((answer) => mediaTypeOf(answer));
  v2.route({
    method: endpoint.method,
    url: endpoint.path,
    // Nobody would ever end a stream that was opened for its headers.
    exposeHeadRoute: !mediaTypes.includes(eventStreamMediaType),
    onRequest: async (request, reply) => {
      await authenticate(request, reply, endpoint.scope);
      refuseUnacceptable(request.headers.accept, mediaTypes);
    },
    handler: async (request, reply) => {
      const { account } = request;
      if (account === undefined) throw new Error('an endpoint was reached without authentication');
      const parsed = parseRequest(endpoint, request);
      const answer = await endpoint.handle({
        ...{ id: request.id, account, headers: request.headers },
        untilGone: () => untilGone(reply),
        ...parsed,
      });
      return send(endpoint, answer, request, reply);
    },
  });
}

/** Made only for those who ask: most requests are answered before anybody could go. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const aborter = new AbortController();
  const gone = (): void => {
    if (!raw.writableFinished) aborter.abort(new Error('the client has gone'));
  };
  if (raw.closed) gone();
  else raw.once('close', gone);
  return aborter.signal;
}

function send(
  { hasETag = false }: Endpoint,
  { status, body, content, headers = {} }: EndpointAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  void reply.headers(headers);
  if (content !== undefined)
    return reply
      .status(status ?? 200)
      .type(content.mediaType)
      .send(content.data);
  if (body === undefined) return reply.status(status ?? 204).send();
  const text = JSON.stringify(body);
  if (hasETag) {
    const etag = etagOf(text);
    // May be kept by whoever asked, if it asks each time whether it is still so.
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (request.method === 'GET' && isKnown(etag, request.headers['if-none-match']))
      return reply.status(304).send();
  }
  return reply
    .status(status ?? 200)
    .type('application/json; charset=utf-8')
    .send(text);
}

function mediaTypeOf({ schema, mediaType }: Endpoint['answers'][number]): string {
  return mediaType ?? (schema === undefined ? '*/*' : 'application/json');
}

/** Whether `Accept` leaves room for an answer; its weights do not matter, as there is one kind of each. */
function refuseUnacceptable(accept: string | undefined, mediaTypes: readonly string[]): void {
  if (accept === undefined || accept.includes('*/*')) return;
  const ranges = accept.split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  const isAccepted = (type: string): boolean =>
    type === '*/*' || ranges.includes(type) || ranges.includes(type.replace(/\/.*/, '/*'));
  if (mediaTypes.some(isAccepted)) return;
  throw new Problem('not-acceptable', { detail: `The answer is ${mediaTypes.join(' or ')}.` });
}

/** A path that some endpoint has, with a method that none has, is another thing than an unknown path. */
function whyNotFound(endpoints: readonly Endpoint[], request: FastifyRequest): Problem {
  const path = (request.url.split('?')[0] ?? '').replaceAll(/\/+/g, '/').replace(/\/$/, '');
  const methods = endpoints.filter((endpoint) => pathForm(endpoint).test(path)).map(({ method }) => method);
  if (methods.length === 0) return new Problem('not-found');
  const allow = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  return new Problem('method-not-allowed', { headers: { allow: [...new Set(allow)].join(', ') } });
}

function pathForm({ path }: Endpoint): RegExp {
  return new RegExp(`^${v2Path}${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`, 'i');
}

/** Answers any error as a problem; what is our own fault is logged under the request's id. */
export function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): FastifyReply {
  const problem = explainProblem(error) ?? new Problem('internal-error');
  if (problem.code === 'internal-error')
    logger.error({ requestId: request.id, ...describeFailure(error) }, 'request failed');
  return reply
    .status(problem.status)
    .headers(problem.headers)
    .type(problemMediaType)
    .send(JSON.stringify(problemBody(problem, request.id)));
}
