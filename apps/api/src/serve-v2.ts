import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@tidetable/service-host';
import { FeedListener } from '@tidetable/jetstream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuthenticatedAccount } from './authentication/authenticate.js';
import { AccountsRepository } from './accounts/accounts.repository.js';
import type { ApiEnvironment } from './api.env.js';
import { ConnectionsService } from './connections/connections.service.js';
import { CredentialsService } from './credentials/credentials.service.js';
import { MetadataDatabase } from './database/metadata-database.js';
import { referenceOperations } from './openapi/reference-operations.js';
import { serveOpenApi } from './openapi/serve-openapi.js';
import { serveReference } from './openapi/serve-reference.js';
import { v1Operations } from './openapi/v1-operations.js';
import { v2Operations } from './openapi/v2-operations.js';
import { CancelRunsService } from './runs/cancel-runs.service.js';
import { SynchronizationsRepository } from './synchronizations/synchronizations.repository.js';
import { authenticateRequest } from './v2/authenticate-request.js';
import { LiveStreams } from './v2/live/live-streams.js';
import { serveProblemPages } from './v2/problems/problem-pages.js';
import { serveEndpoints } from './v2/serve-endpoints.js';
import { v2Endpoints } from './v2/v2-endpoints.js';

/** What of version 2 goes on by itself. */
export interface ServedV2 {
  /** Ends what would never end otherwise. */
  stop(): Promise<void>;
}

/** Serves version 2 and what documents it, with parts that Nest has made. */
export async function serveV2(
  app: NestFastifyApplication,
  environment: ApiEnvironment,
  logger: Logger,
): Promise<ServedV2> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const accounts = app.get(AccountsRepository);
  const authenticate = (request: Pick<FastifyRequest, 'headers'>): Promise<AuthenticatedAccount> =>
    authenticateRequest(
      {
        findByKeyHash: (keyHash) => accounts.findByKeyHash(keyHash),
        accountDomain: environment.API_ACCOUNT_DOMAIN,
      },
      request,
    );
  const database = app.get(MetadataDatabase);
  const { NATS_URL: natsUrl, LIVE_CHECK_INTERVAL_MS: checkMs } = environment;
  const feed = natsUrl === undefined ? null : new FeedListener(natsUrl, 'api-feed', logger);
  const streams = new LiveStreams({
    ...{ database, feed, checkMs },
    authenticate: (headers) => authenticate({ headers }),
  });
  const endpoints = v2Endpoints({
    database,
    streams,
    synchronizations: app.get(SynchronizationsRepository),
    connections: app.get(ConnectionsService),
    credentials: app.get(CredentialsService),
    runs: app.get(CancelRunsService),
    minIntervalSeconds: environment.MIN_INTERVAL_SECONDS,
    syncNowGapSeconds: environment.SYNC_NOW_GAP_SECONDS,
  });
  await serveEndpoints(fastify, { endpoints, logger, authenticate });
  serveOpenApi(fastify, [...v2Operations(endpoints), ...v1Operations, ...referenceOperations]);
  serveReference(fastify);
  serveProblemPages(fastify);
  return {
    stop: async () => {
      streams.close();
      await feed?.close();
    },
  };
}
