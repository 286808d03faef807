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
  listConnectionsV1Pattern,
  type ListConnectionsV1Reply,
  listConnectionsV1RequestSchema,
  listServiceFilesV1Pattern,
  type ListServiceFilesV1Reply,
  listServiceFilesV1RequestSchema,
  revokeConnectionV1Pattern,
  type RevokeConnectionV1Reply,
  revokeConnectionV1RequestSchema,
} from '@tidetable/contracts';
import { authorizeConnection, beginConnection, completeConnection } from './connect-account.js';
import { checkConnection, type Connections, listConnections, listServiceFiles } from './connections.js';
import { revokeConnection } from './revoke-connection.js';

/** Under this token Nest injects the connections. */
export const connectionsToken = Symbol('connections');

/** How long a service may take before the asker has given up anyway, in milliseconds. */
const patienceMs = 35_000;

/**
 * Answers the api's questions about connections. All fetchers share one queue group, so each question is answered by
 * one of them. An error here reaches the asker as an error and never as an answer.
 */
@Controller()
export class ConnectionsController {
  constructor(@Inject(connectionsToken) private readonly connections: Connections) {}

  @MessagePattern(listConnectionsV1Pattern)
  async list(@Payload() question: unknown): Promise<ListConnectionsV1Reply> {
    return listConnections(listConnectionsV1RequestSchema.parse(question).accountId, this.connections);
  }

  @MessagePattern(beginConnectionV1Pattern)
  async begin(@Payload() question: unknown): Promise<BeginConnectionV1Reply> {
    return beginConnection(beginConnectionV1RequestSchema.parse(question), this.connections);
  }

  @MessagePattern(authorizeConnectionV1Pattern)
  async authorize(@Payload() question: unknown): Promise<AuthorizeConnectionV1Reply> {
    const { state, binding } = authorizeConnectionV1RequestSchema.parse(question);
    return authorizeConnection(state, binding, this.connections);
  }

  @MessagePattern(completeConnectionV1Pattern)
  async complete(@Payload() question: unknown): Promise<CompleteConnectionV1Reply> {
    return completeConnection(
      completeConnectionV1RequestSchema.parse(question),
      this.connections,
      patience(),
    );
  }

  @MessagePattern(checkConnectionV1Pattern)
  async check(@Payload() question: unknown): Promise<CheckConnectionV1Reply> {
    const { accountId, service } = checkConnectionV1RequestSchema.parse(question);
    return checkConnection(accountId, service, this.connections, patience());
  }

  @MessagePattern(revokeConnectionV1Pattern)
  async revoke(@Payload() question: unknown): Promise<RevokeConnectionV1Reply> {
    const { accountId, service } = revokeConnectionV1RequestSchema.parse(question);
    return revokeConnection(accountId, service, this.connections, patience());
  }

  @MessagePattern(listServiceFilesV1Pattern)
  async listFiles(@Payload() question: unknown): Promise<ListServiceFilesV1Reply> {
    return listServiceFiles(listServiceFilesV1RequestSchema.parse(question), this.connections, patience());
  }
}

function patience(): AbortSignal {
  return AbortSignal.timeout(patienceMs);
}
