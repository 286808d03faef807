import type { ClientProxy } from '@nestjs/microservices';
import {
  authorizeConnectionV1Pattern,
  authorizeConnectionV1ReplySchema,
  type AuthorizeConnectionV1Reply,
  type AuthorizeConnectionV1Request,
  deliverWebhookV1Pattern,
  deliverWebhookV1ReplySchema,
  type DeliverWebhookV1Reply,
  type DeliverWebhookV1Request,
  beginConnectionV1Pattern,
  beginConnectionV1ReplySchema,
  type BeginConnectionV1Reply,
  type BeginConnectionV1Request,
  checkConnectionV1Pattern,
  checkConnectionV1ReplySchema,
  type CheckConnectionV1Reply,
  type CheckConnectionV1Request,
  completeConnectionV1Pattern,
  completeConnectionV1ReplySchema,
  type CompleteConnectionV1Reply,
  type CompleteConnectionV1Request,
  receivePushV1Pattern,
  receivePushV1ReplySchema,
  type ReceivePushV1Reply,
  type ReceivePushV1Request,
  keepCredentialsV1Pattern,
  keepCredentialsV1ReplySchema,
  type KeepCredentialsV1Reply,
  type KeepCredentialsV1Request,
  cancelPlanV1Pattern,
  cancelPlanV1ReplySchema,
  type CancelPlanV1Reply,
  planSourceV1Pattern,
  planSourceV1ReplySchema,
  type PlanSourceV1Reply,
  type PlanSourceV1Request,
  listConnectionsV1Pattern,
  listConnectionsV1ReplySchema,
  type ListConnectionsV1Reply,
  listServiceFilesV1Pattern,
  listServiceFilesV1ReplySchema,
  type ListServiceFilesV1Reply,
  type ListServiceFilesV1Request,
  revokeConnectionV1Pattern,
  revokeConnectionV1ReplySchema,
  type RevokeConnectionV1Reply,
  type RevokeConnectionV1Request,
} from '@tidetable/contracts';
import type { z } from 'zod';
import { ask, connectAsker, type NatsServers } from './ask.js';

/** No fetcher answered within the patience of the asker. */
export class FetcherSilentError extends Error {
  override readonly name = 'FetcherSilentError';
}

/** How long a question is asked again that a fetcher answers by itself, or that no fetcher has heard, in milliseconds. */
const patienceMs = 5_000;
/** How long one is waited for that a fetcher passes on to a service, in milliseconds. */
const serviceTimeoutMs = 40_000;
/** What an answer may take beside the work that has a time of its own, in milliseconds. */
const answerGraceMs = 5_000;

/**
 * Asks the fetchers about connections to storage services, and for what only they may send (request/reply over NATS);
 * whichever is free answers. No answer holds a token.
 */
export class FetcherClient {
  private constructor(private readonly client: ClientProxy) {}

  /** Connects in the background: the first question waits for the connection. */
  static create(natsOptions: NatsServers, name: string): FetcherClient {
    return new FetcherClient(connectAsker(natsOptions, name));
  }

  /** How the connections of an account stand. @throws FetcherSilentError */
  listConnections(accountId: string): Promise<ListConnectionsV1Reply> {
    return this.askAgain(listConnectionsV1Pattern, { accountId }, listConnectionsV1ReplySchema);
  }

  /** Begins connecting. @throws FetcherSilentError */
  beginConnection(request: BeginConnectionV1Request): Promise<BeginConnectionV1Reply> {
    return this.askAgain(beginConnectionV1Pattern, request, beginConnectionV1ReplySchema);
  }

  /** What is about to be connected. @throws FetcherSilentError */
  authorizeConnection(request: AuthorizeConnectionV1Request): Promise<AuthorizeConnectionV1Reply> {
    return this.askAgain(authorizeConnectionV1Pattern, request, authorizeConnectionV1ReplySchema);
  }

  /** The customer is back. Asked once: a code is good for one use. @throws FetcherSilentError */
  completeConnection(request: CompleteConnectionV1Request): Promise<CompleteConnectionV1Reply> {
    return this.askOnce(completeConnectionV1Pattern, request, completeConnectionV1ReplySchema);
  }

  /** Whether a connection holds. @throws FetcherSilentError */
  checkConnection(request: CheckConnectionV1Request): Promise<CheckConnectionV1Reply> {
    return this.askOnce(checkConnectionV1Pattern, request, checkConnectionV1ReplySchema);
  }

  /** Ends a connection. @throws FetcherSilentError */
  revokeConnection(request: RevokeConnectionV1Request): Promise<RevokeConnectionV1Reply> {
    return this.askOnce(revokeConnectionV1Pattern, request, revokeConnectionV1ReplySchema);
  }

  /** One page of the customer's files at a service. @throws FetcherSilentError */
  listServiceFiles(request: ListServiceFilesV1Request): Promise<ListServiceFilesV1Reply> {
    return this.askOnce(listServiceFilesV1Pattern, request, listServiceFilesV1ReplySchema);
  }

  /** Somebody has called the address for notifications of a storage service. @throws FetcherSilentError */
  receivePush(request: ReceivePushV1Request): Promise<ReceivePushV1Reply> {
    return this.askAgain(receivePushV1Pattern, request, receivePushV1ReplySchema);
  }

  /** Keeps, changes or forgets what requests carry beside a URL. @throws FetcherSilentError */
  keepCredentials(request: KeepCredentialsV1Request): Promise<KeepCredentialsV1Reply> {
    return this.askAgain(keepCredentialsV1Pattern, request, keepCredentialsV1ReplySchema);
  }

  /** Sends something to a webhook. Asked once: each question is one attempt. @throws FetcherSilentError */
  deliverWebhook(request: DeliverWebhookV1Request): Promise<DeliverWebhookV1Reply> {
    const answerTimeoutMs = request.timeoutMs + answerGraceMs;
    return this.askOnce(deliverWebhookV1Pattern, request, deliverWebhookV1ReplySchema, answerTimeoutMs);
  }

  /**
   * What a source would become. Asked once, and waited for as long as it may take: fetching it twice helps nobody.
   * @throws FetcherSilentError, whose cause is a TimeoutError when somebody heard it; the signal's reason
   */
  planSource(request: PlanSourceV1Request, signal: AbortSignal): Promise<PlanSourceV1Reply> {
    return ask(this.client, {
      pattern: planSourceV1Pattern,
      request,
      replySchema: planSourceV1ReplySchema,
      patienceMs,
      answerTimeoutMs: request.timeoutMs + answerGraceMs,
      once: true,
      signal,
      SilentError: FetcherSilentError,
    });
  }

  /** Nobody wants a plan any more. @throws FetcherSilentError */
  cancelPlan(planId: string): Promise<CancelPlanV1Reply> {
    return this.askAgain(cancelPlanV1Pattern, { planId }, cancelPlanV1ReplySchema);
  }

  /** Ends the connection. Questions that are waiting go on until their patience is over. */
  async close(): Promise<void> {
    await this.client.close();
  }

  private askAgain<S extends z.ZodType>(
    pattern: string,
    request: object,
    replySchema: S,
  ): Promise<z.infer<S>> {
    return ask(this.client, { pattern, request, replySchema, patienceMs, SilentError: FetcherSilentError });
  }

  private askOnce<S extends z.ZodType>(
    pattern: string,
    request: object,
    replySchema: S,
    answerTimeoutMs = serviceTimeoutMs,
  ): Promise<z.infer<S>> {
    return ask(this.client, {
      pattern,
      request,
      replySchema,
      patienceMs,
      answerTimeoutMs,
      once: true,
      SilentError: FetcherSilentError,
    });
  }
}
