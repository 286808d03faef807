import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FetcherClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import type { FastifyInstance } from 'fastify';
import { AccountsRepository } from './accounts/accounts.repository.js';
import type { ApiEnvironment } from './api.env.js';
import { fetchers } from './connections/connections.service.js';
import { MetadataDatabase } from './database/metadata-database.js';
import { serveOpenApi } from './openapi/serve-openapi.js';
import { v2Operations } from './openapi/v2-operations.js';
import { SynchronizationsRepository } from './synchronizations/synchronizations.repository.js';
import { authenticateRequest } from './v2/authenticate-request.js';
import { serveProblemPages } from './v2/problems/problem-pages.js';
import { serveEndpoints } from './v2/serve-endpoints.js';
import { v2Endpoints } from './v2/v2-endpoints.js';

/** Serves version 2 and what documents it, with parts that Nest has made. */
export async function serveV2(
  app: NestFastifyApplication,
  environment: ApiEnvironment,
  logger: Logger,
): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const endpoints = v2Endpoints({
    database: app.get(MetadataDatabase),
    synchronizations: app.get(SynchronizationsRepository),
    fetchers: app.get<FetcherClient | null>(fetchers),
    planTimeoutMs: environment.PLAN_TIMEOUT_MS,
  });
  const accounts = app.get(AccountsRepository);
  await serveEndpoints(fastify, {
    endpoints,
    logger,
    authenticate: (request) =>
      authenticateRequest(
        {
          findByKeyHash: (keyHash) => accounts.findByKeyHash(keyHash),
          accountDomain: environment.API_ACCOUNT_DOMAIN,
        },
        request,
      ),
  });
  serveOpenApi(fastify, v2Operations(endpoints));
  serveProblemPages(fastify);
}
