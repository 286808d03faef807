import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type HealthServer,
  type Logger,
  nestLogger,
  type RunningService,
  startHealthServer,
} from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiEnvironment } from './api.env.js';
import { ApiModule } from './api.module.js';
import { rememberRequests } from './audit/acting.js';
import { answerUnreadableRequest } from './http/answer-unreadable-request.js';
import { ErrorFilter } from './http/error.filter.js';
import { explainError } from './http/explain-error.js';
import { headersOfAll, logRequests } from './http/log-requests.js';
import { measureRequests } from './http/measure-requests.js';
import { acceptBodies } from './http/parse-body.js';
import { limitStrangers } from './limits/limit-strangers.js';
import { RequestLimits } from './limits/request-limits.js';
import { MetadataDatabase } from './database/metadata-database.js';
import { traceRequests } from './http/trace-requests.js';
import { apiMetrics } from './metrics.js';
import { type ServedV2, serveV2 } from './serve-v2.js';
import { answerProblem } from './v2/serve-endpoints.js';
import { v2Path } from './v2/endpoint.js';

const bodyBytesMax = 1_048_576;

/** The api while it is up. */
export interface ApiService extends RunningService {
  /** The port on which it listens. */
  readonly port: number;
  /** The port of `/metrics`. */
  readonly healthPort: number;
  /** Every route that is served, in Fastify's words. */
  readonly routes: readonly ServedRoute[];
}

/** A method and the path that it is for. */
export interface ServedRoute {
  readonly method: string;
  readonly url: string;
}

/**
 * Starts the api and resolves once it answers. It survives the metadata database going away and coming back; only at
 * the start it must be reachable.
 *
 * Stopping takes no new connection and lets the requests in hand be answered.
 */
export async function start(environment: ApiEnvironment, logger: Logger): Promise<ApiService> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.for(environment, logger),
    makeAdapter(environment, logger),
    { logger: nestLogger(logger), bodyParser: false, abortOnError: false },
  );
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const registry = createMetricsRegistry();
  const routes: ServedRoute[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((each) => ({ method: each, url })));
  });
  logRequests(fastify, logger);
  traceRequests(fastify);
  measureRequests(fastify, apiMetrics(registry));
  rememberRequests(fastify);
  limitStrangers(fastify, app.get(RequestLimits));
  acceptBodies(fastify);
  app.useGlobalFilters(app.get(ErrorFilter));
  let health: HealthServer | undefined;
  let v2: ServedV2 | undefined;
  try {
    const checks = { metadataDatabase: () => app.get(MetadataDatabase).isReady() };
    health = await startHealthServer(environment.HEALTH_PORT, checks, registry);
    v2 = await serveV2(app, environment, logger);
    await app.listen(environment.API_PORT, environment.API_HOST);
  } catch (error) {
    await v2?.stop();
    await app.close();
    await health?.close();
    throw error;
  }
  const listening = health;
  const served = v2;
  const { port } = fastify.server.address() as AddressInfo;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await served.stop();
    await app.close();
    await listening.close();
  };
  return { port, healthPort: listening.port, routes, stop: () => (stopping ??= stop()) };
}

/** Fastify's own log stays off: it would write URLs, and with them keys. */
function makeAdapter({ TRUSTED_PROXIES: proxies }: ApiEnvironment, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    trustProxy: proxies?.split(',') ?? false,
    bodyLimit: bodyBytesMax,
    genReqId: () => randomUUID(),
    // Ids of any length get through to the pipe that refuses them, so that all unknown ids are answered alike.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 16_384 },
    clientErrorHandler: answerUnreadableRequest,
    // Addresses that cannot be decoded never reach Nest, so its error filter does not either.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (request.url.startsWith(`${v2Path}/`)) {
        // No hook has seen such a request.
        void reply.headers(headersOfAll(request));
        return void answerProblem(error, request, reply, logger);
      }
      const refusal = explainError(error);
      void reply
        .status(refusal?.statusCode ?? 500)
        .send({ errors: refusal?.message ?? 'The request was refused.' });
    },
  });
}
