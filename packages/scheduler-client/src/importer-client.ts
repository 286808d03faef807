import type { ClientProxy } from '@nestjs/microservices';
import {
  createLoginV1Pattern,
  type CreateLoginV1Reply,
  createLoginV1ReplySchema,
  type CreateLoginV1Request,
  listLoginsV1Pattern,
  type ListLoginsV1Reply,
  listLoginsV1ReplySchema,
  type ListLoginsV1Request,
  revokeLoginV1Pattern,
  type RevokeLoginV1Reply,
  revokeLoginV1ReplySchema,
  type RevokeLoginV1Request,
  rotateLoginV1Pattern,
  type RotateLoginV1Reply,
  rotateLoginV1ReplySchema,
  type RotateLoginV1Request,
  isTableThereV1Pattern,
  isTableThereV1ReplySchema,
  type ListRejectedRowsV1Reply,
  type ListRejectedRowsV1Request,
  listRejectedRowsV1Pattern,
  listRejectedRowsV1ReplySchema,
  planFileV1Pattern,
  type PlanFileV1Reply,
  planFileV1ReplySchema,
  type PlanFileV1Request,
} from '@tidetable/contracts';
import { ask, connectAsker, type NatsServers } from './ask.js';

/** Granting what is there to the first reader of a schema with very many tables takes a while, in milliseconds. */
const loginTimeoutMs = 30_000;
/** Whoever has a time limit says itself that it is over, which takes a moment, in milliseconds. */
const answerGraceMs = 2_000;

/** No importer answered within the patience of the asker. */
export class ImporterSilentError extends Error {
  override readonly name = 'ImporterSilentError';
}

/**
 * Asks the importers short questions about tables (request/reply over NATS). Whichever importer is free answers, from
 * the destination database. A question that changes nothing is asked again until an answer comes or `patienceMs` is over;
 * one that changes something is heard once. A signal that is given ends the waiting at once with its reason.
 */
export class ImporterClient {
  private constructor(
    private readonly client: ClientProxy,
    private readonly patienceMs: number,
  ) {}

  /** Connects in the background: the first question waits for the connection. */
  static create(natsOptions: NatsServers, name: string, patienceMs = 5_000): ImporterClient {
    return new ImporterClient(connectAsker(natsOptions, name), patienceMs);
  }

  /** Whether the table that this synchronization filled is still there. @throws ImporterSilentError */
  async isTableThere(synchronizationId: string, signal?: AbortSignal): Promise<boolean> {
    const { there } = await ask(this.client, {
      pattern: isTableThereV1Pattern,
      request: { synchronizationId },
      replySchema: isTableThereV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: ImporterSilentError,
    });
    return there;
  }

  /** The rows that a run rejected, a page at a time. @throws ImporterSilentError */
  async listRejectedRows(request: ListRejectedRowsV1Request): Promise<ListRejectedRowsV1Reply> {
    return ask(this.client, {
      pattern: listRejectedRowsV1Pattern,
      request,
      replySchema: listRejectedRowsV1ReplySchema,
      patienceMs: this.patienceMs,
      SilentError: ImporterSilentError,
    });
  }

  /** The logins of an account. @throws ImporterSilentError */
  async listLogins(request: ListLoginsV1Request): Promise<ListLoginsV1Reply> {
    return ask(this.client, {
      pattern: listLoginsV1Pattern,
      request,
      replySchema: listLoginsV1ReplySchema,
      patienceMs: this.patienceMs,
      SilentError: ImporterSilentError,
    });
  }

  /** Makes a login; heard once, as the password is said once. @throws ImporterSilentError */
  async createLogin(request: CreateLoginV1Request): Promise<CreateLoginV1Reply> {
    return ask(this.client, {
      pattern: createLoginV1Pattern,
      request,
      replySchema: createLoginV1ReplySchema,
      patienceMs: this.patienceMs,
      answerTimeoutMs: loginTimeoutMs,
      once: true,
      SilentError: ImporterSilentError,
    });
  }

  /** Gives a login a new password; heard once. @throws ImporterSilentError */
  async rotateLogin(request: RotateLoginV1Request): Promise<RotateLoginV1Reply> {
    return ask(this.client, {
      pattern: rotateLoginV1Pattern,
      request,
      replySchema: rotateLoginV1ReplySchema,
      patienceMs: this.patienceMs,
      answerTimeoutMs: loginTimeoutMs,
      once: true,
      SilentError: ImporterSilentError,
    });
  }

  /** Ends a login; heard once, as a second time would say that it was never there. @throws ImporterSilentError */
  async revokeLogin(request: RevokeLoginV1Request): Promise<RevokeLoginV1Reply> {
    return ask(this.client, {
      pattern: revokeLoginV1Pattern,
      request,
      replySchema: revokeLoginV1ReplySchema,
      patienceMs: this.patienceMs,
      answerTimeoutMs: loginTimeoutMs,
      once: true,
      SilentError: ImporterSilentError,
    });
  }

  /**
   * What a file would become. Asked once, and waited for as long as it may take: reading it twice helps nobody.
   * @throws ImporterSilentError; the signal's reason
   */
  async planFile(request: PlanFileV1Request, signal: AbortSignal): Promise<PlanFileV1Reply> {
    return ask(this.client, {
      pattern: planFileV1Pattern,
      request,
      replySchema: planFileV1ReplySchema,
      patienceMs: this.patienceMs,
      answerTimeoutMs: request.timeoutMs + answerGraceMs,
      once: true,
      signal,
      SilentError: ImporterSilentError,
    });
  }

  /** Ends the connection. Questions that are waiting go on until their patience is over. */
  async close(): Promise<void> {
    await this.client.close();
  }
}
