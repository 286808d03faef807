import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FetcherClient, ImporterClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import { FeedListener } from '@tidetable/jetstream';
import type { FastifyInstance } from 'fastify';
import type { ApiEnvironment } from './api.env.js';
import { ConnectionsService, fetchers } from './connections/connections.service.js';
import { CredentialsService } from './credentials/credentials.service.js';
import { Admission } from './authentication/admission.js';
import { MetadataDatabase } from './database/metadata-database.js';
import { referenceOperations } from './openapi/reference-operations.js';
import { serveOpenApi } from './openapi/serve-openapi.js';
import { serveReference } from './openapi/serve-reference.js';
import { v1Operations } from './openapi/v1-operations.js';
import { v2Operations } from './openapi/v2-operations.js';
import { CancelRunsService } from './runs/cancel-runs.service.js';
import { importers } from './rejects/rejects.service.js';
import { SynchronizationsRepository } from './synchronizations/synchronizations.repository.js';
import { authenticateAgain, authenticateRequest } from './v2/authenticate-request.js';
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
  const authentication = { admission: app.get(Admission), accountDomain: environment.API_ACCOUNT_DOMAIN };
  const database = app.get(MetadataDatabase);
  const { NATS_URL: natsUrl, LIVE_CHECK_INTERVAL_MS: checkMs } = environment;
  const feed = natsUrl === undefined ? null : new FeedListener(natsUrl, 'api-feed', logger);
  const streams = new LiveStreams({
    ...{ database, feed, checkMs },
    authenticate: (headers) => authenticateAgain(authentication, headers),
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
    importers: app.get<ImporterClient | null>(importers),
    destinationUrl: environment.DESTINATION_PUBLIC_URL,
    requestsPerMinute: environment.REQUESTS_PER_MINUTE,
    fetchers: app.get<FetcherClient | null>(fetchers),
    planTimeoutMs: environment.PLAN_TIMEOUT_MS,
  });
  await serveEndpoints(fastify, {
    endpoints,
    logger,
    authenticate: (request, reply, needed) => authenticateRequest(authentication, request, reply, needed),
  });
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
