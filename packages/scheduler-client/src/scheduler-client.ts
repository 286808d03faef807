import type { ClientProxy } from '@nestjs/microservices';
import {
  cancelRunV1Pattern,
  cancelRunV1ReplySchema,
  type CancelRunV1Reply,
  type CancelRunV1Request,
  type DescribeRunV1Reply,
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
  refreshPushedV1Pattern,
  refreshPushedV1ReplySchema,
  type RefreshPushedV1Request,
  whichActiveV1Pattern,
  whichActiveV1ReplySchema,
  whichExistV1Pattern,
  whichExistV1ReplySchema,
} from '@tidetable/contracts';
import { ask, connectAsker, type NatsServers } from './ask.js';

/** No scheduler answered within the patience of the asker: our fault, so the event is tried again later. */
export class SchedulerSilentError extends Error {
  override readonly name = 'SchedulerSilentError';
}

/**
 * Asks the schedulers short questions about runs (request/reply over NATS). Whichever scheduler is free answers,
 * from the metadata database. Every question may be repeated, so it is asked again until an answer comes or
 * `patienceMs` is over. A signal that is given ends the waiting at once with its reason.
 */
export class SchedulerClient {
  private constructor(
    private readonly client: ClientProxy,
    private readonly patienceMs: number,
  ) {}

  /** Connects in the background: the first question waits for the connection. */
  static create(natsOptions: NatsServers, name: string, patienceMs = 30_000): SchedulerClient {
    return new SchedulerClient(connectAsker(natsOptions, name), patienceMs);
  }

  /** What is to be fetched for this run, or that the run is over. @throws SchedulerSilentError */
  async describeRun(runId: string, signal?: AbortSignal): Promise<DescribeRunV1Reply> {
    return ask(this.client, {
      pattern: describeRunV1Pattern,
      request: { runId },
      replySchema: describeRunV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
  }

  /** Whether this run may still change anything. @throws SchedulerSilentError */
  async isRunOpen(runId: string, signal?: AbortSignal): Promise<boolean> {
    const { open } = await ask(this.client, {
      pattern: isRunOpenV1Pattern,
      request: { runId },
      replySchema: isRunOpenV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
    return open;
  }

  /** Those of up to a thousand synchronizations that were not deleted. @throws SchedulerSilentError */
  async whichExist(synchronizationIds: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const reply = await ask(this.client, {
      pattern: whichExistV1Pattern,
      request: { synchronizationIds },
      replySchema: whichExistV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
    return reply.synchronizationIds;
  }

  /** Those of up to a thousand accounts that are active. @throws SchedulerSilentError */
  async whichActive(accountIds: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const reply = await ask(this.client, {
      pattern: whichActiveV1Pattern,
      request: { accountIds },
      replySchema: whichActiveV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
    return reply.accountIds;
  }

  /** A storage service has told of a change. Returns how many synchronizations it concerns. @throws SchedulerSilentError */
  async refreshPushed(request: RefreshPushedV1Request, signal?: AbortSignal): Promise<number> {
    const { pushed } = await ask(this.client, {
      pattern: refreshPushedV1Pattern,
      request,
      replySchema: refreshPushedV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
    return pushed;
  }

  /** Ends a run now, once however often it is asked. @throws SchedulerSilentError */
  async cancelRun(request: CancelRunV1Request, signal?: AbortSignal): Promise<CancelRunV1Reply['result']> {
    const { result } = await ask(this.client, {
      pattern: cancelRunV1Pattern,
      request,
      replySchema: cancelRunV1ReplySchema,
      patienceMs: this.patienceMs,
      signal,
      SilentError: SchedulerSilentError,
    });
    return result;
  }

  /** Ends the connection. Questions that are waiting go on until their patience is over. */
  async close(): Promise<void> {
    await this.client.close();
  }
}
