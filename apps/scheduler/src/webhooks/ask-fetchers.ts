import type { FetcherClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import type { AttemptDelivery } from './webhook-deliverer.js';

/** Attempts by way of the fetchers, the only ones that reach the internet. Silence is no answer and nobody's fault. */
export function askFetchers(
  fetchers: Pick<FetcherClient, 'deliverWebhook'>,
  logger: Logger,
): AttemptDelivery {
  return (request) =>
    fetchers.deliverWebhook(request).catch((error: unknown) => {
      logger.warn({ err: error }, 'no fetcher told how a delivery went');
      return null;
    });
}
