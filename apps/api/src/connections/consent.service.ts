import { Inject, Injectable } from '@nestjs/common';
import type {
  AuthorizeConnectionV1Reply,
  CompleteConnectionV1Reply,
  CompleteConnectionV1Request,
  StorageService,
} from '@tidetable/contracts';
import type { Logger } from '@tidetable/service-host';
import { describeFailure } from '../http/describe-failure.js';
import { apiLogger } from '../http/log-requests.js';
import { ConnectionsRepository } from './connections.repository.js';
import { ConnectionsService } from './connections.service.js';

/** The way through a service's page of consent and back. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly repository: ConnectionsRepository,
    @Inject(apiLogger) private readonly logger: Logger,
  ) {}

  /** What a state is about, and with a `binding` where to go on. @throws Refusal 503 */
  async authorize(state: string, binding: string | null): Promise<AuthorizeConnectionV1Reply> {
    return this.connections.ask((fetcher) => fetcher.authorizeConnection({ state, binding }));
  }

  /**
   * The customer is back. Synchronizations that waited for the connection are refreshed at once.
   *
   * @throws Refusal 503
   */
  async complete(request: CompleteConnectionV1Request): Promise<CompleteConnectionV1Reply> {
    const reply = await this.connections.ask((fetcher) => fetcher.completeConnection(request));
    const { service } = request;
    if (reply.outcome === 'connected') {
      const requested = await this.requestWaiting(reply.accountId, service);
      this.logger.info({ accountId: reply.accountId, service, requested }, 'account connected');
    } else {
      const code = reply.outcome === 'failed' ? reply.failure.code : null;
      this.logger.info({ service, outcome: reply.outcome, code }, 'account not connected');
    }
    return reply;
  }

  /** The connection stands by now, so a failure here is not the customer's: their next refresh comes by schedule. */
  private async requestWaiting(accountId: string, service: StorageService): Promise<number> {
    try {
      await this.repository.recordConnected(accountId, service);
      return await this.repository.requestWaiting(accountId, service);
    } catch (error) {
      this.logger.error({ accountId, service, ...describeFailure(error) }, 'waiting refreshes not requested');
      return 0;
    }
  }
}
