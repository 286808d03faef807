import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  authorizeConnectionV1Pattern,
  type AuthorizeConnectionV1Reply,
  authorizeConnectionV1RequestSchema,
  beginConnectionV1Pattern,
  type BeginConnectionV1Reply,
  beginConnectionV1RequestSchema,
  checkConnectionV1Pattern,
  type CheckConnectionV1Reply,
  checkConnectionV1RequestSchema,
  completeConnectionV1Pattern,
  type CompleteConnectionV1Reply,
  completeConnectionV1RequestSchema,
  failureOf,
  listConnectionsV1Pattern,
  type ListConnectionsV1Reply,
  listConnectionsV1RequestSchema,
  listServiceFilesV1Pattern,
  type ListServiceFilesV1Reply,
  listServiceFilesV1RequestSchema,
  revokeConnectionV1Pattern,
  type RevokeConnectionV1Reply,
  revokeConnectionV1RequestSchema,
  storageServices,
  SyncError,
} from '@tidetable/contracts';
import { connections, push } from '../fetcher.tokens.js';
import { closeChannelsOf } from '../push/keep-channels.js';
import type { Push } from '../push/push.js';
import { authorizeConnection, beginConnection, completeConnection } from './connect-account.js';
import { checkConnection, type Connections, listConnections, listServiceFiles } from './connections.js';
import { revokeConnection } from './revoke-connection.js';

/** How long a service may take before the asker has given up anyway, in milliseconds. */
const patienceMs = 35_000;

/**
 * Answers the api's questions about connections. All fetchers share one queue group, so each question is answered by
 * one of them. An error here reaches the asker as an error and never as an answer. Where the operator has named no
 * database for connections there is none to any service.
 */
@Controller()
export class ConnectionsController {
  constructor(
    @Inject(connections) private readonly held: Connections | null,
    @Inject(push) private readonly push: Push | null,
  ) {}

  @MessagePattern(listConnectionsV1Pattern)
  async list(@Payload() question: unknown): Promise<ListConnectionsV1Reply> {
    const { accountId } = listConnectionsV1RequestSchema.parse(question);
    if (this.held !== null) return listConnections(accountId, this.held);
    const none = { state: 'not-configured', push: 'not-configured' } as const;
    const unknown = { accountName: null, connectedAt: null };
    return { connections: storageServices.map((service) => ({ service, ...none, ...unknown })) };
  }

  @MessagePattern(beginConnectionV1Pattern)
  async begin(@Payload() question: unknown): Promise<BeginConnectionV1Reply> {
    const request = beginConnectionV1RequestSchema.parse(question);
    return this.held === null ? { outcome: 'not-configured' } : beginConnection(request, this.held);
  }

  @MessagePattern(authorizeConnectionV1Pattern)
  async authorize(@Payload() question: unknown): Promise<AuthorizeConnectionV1Reply> {
    const { state, binding } = authorizeConnectionV1RequestSchema.parse(question);
    return this.held === null ? { outcome: 'unknown' } : authorizeConnection(state, binding, this.held);
  }

  @MessagePattern(completeConnectionV1Pattern)
  async complete(@Payload() question: unknown): Promise<CompleteConnectionV1Reply> {
    const request = completeConnectionV1RequestSchema.parse(question);
    return this.held === null
      ? { outcome: 'unknown' }
      : completeConnection(request, this.held, AbortSignal.timeout(patienceMs));
  }

  @MessagePattern(checkConnectionV1Pattern)
  async check(@Payload() question: unknown): Promise<CheckConnectionV1Reply> {
    const { accountId, service } = checkConnectionV1RequestSchema.parse(question);
    return this.held === null
      ? { state: 'not-configured' }
      : checkConnection(accountId, service, this.held, AbortSignal.timeout(patienceMs));
  }

  @MessagePattern(revokeConnectionV1Pattern)
  async revoke(@Payload() question: unknown): Promise<RevokeConnectionV1Reply> {
    const { accountId, service } = revokeConnectionV1RequestSchema.parse(question);
    if (this.held === null) return { wasThere: false, serviceTold: false };
    const signal = AbortSignal.timeout(patienceMs);
    if (this.push !== null && service !== 'dropbox') {
      // Channels that are not stopped end by themselves; the connection ends in any case.
      await closeChannelsOf(accountId, service, this.push, signal).catch(() => undefined);
    }
    return revokeConnection(accountId, service, this.held, signal);
  }

  @MessagePattern(listServiceFilesV1Pattern)
  async listFiles(@Payload() question: unknown): Promise<ListServiceFilesV1Reply> {
    const request = listServiceFilesV1RequestSchema.parse(question);
    return this.held === null
      ? { outcome: 'failed', failure: failureOf(new SyncError('connection-not-configured')) }
      : listServiceFiles(request, this.held, AbortSignal.timeout(patienceMs));
  }
}
