import 'reflect-metadata';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import {
  type DescribeRunV1Reply,
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
} from '@tidetable/contracts';
import { firstValueFrom, timeout } from 'rxjs';
import type { z } from 'zod';

/** How long one question waits for its answer before it is asked again, in milliseconds. */
const answerTimeoutMs = 2_000;
/** Pause between two tries, in milliseconds. */
const retryMs = 250;

/** No scheduler answered within the patience of the asker: our fault, so the event is tried again later. */
export class SchedulerSilentError extends Error {
  override readonly name = 'SchedulerSilentError';
}

/**
 * Asks the schedulers short questions about runs (request/reply over NATS). Whichever scheduler is free answers,
 * from the metadata database. Every question changes nothing, so it is asked again until an answer comes or
 * `patienceMs` is over.
 */
export class SchedulerClient {
  private constructor(
    private readonly client: ClientProxy,
    private readonly patienceMs: number,
  ) {}

  /** Connects in the background: the first question waits for the connection. */
  static create(natsOptions: { servers: string[] }, name: string, patienceMs = 30_000): SchedulerClient {
    const client = ClientProxyFactory.create({
      transport: Transport.NATS,
      options: {
        ...natsOptions,
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        waitOnFirstConnect: true,
      },
    });
    return new SchedulerClient(client, patienceMs);
  }

  /** What is to be fetched for this run, or that the run is over. @throws SchedulerSilentError */
  async describeRun(runId: string, signal?: AbortSignal): Promise<DescribeRunV1Reply> {
    return this.ask(describeRunV1Pattern, { runId }, describeRunV1ReplySchema, signal);
  }

  /** Whether this run may still change anything. @throws SchedulerSilentError */
  async isRunOpen(runId: string, signal?: AbortSignal): Promise<boolean> {
    return (await this.ask(isRunOpenV1Pattern, { runId }, isRunOpenV1ReplySchema, signal)).open;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async ask<S extends z.ZodType>(
    pattern: string,
    question: object,
    replySchema: S,
    signal?: AbortSignal,
  ): Promise<z.infer<S>> {
    const giveUpAt = performance.now() + this.patienceMs;
    for (;;) {
      signal?.throwIfAborted();
      try {
        const reply: unknown = await firstValueFrom(
          this.client.send(pattern, question).pipe(timeout(answerTimeoutMs)),
        );
        return replySchema.parse(reply);
      } catch (error) {
        if (performance.now() > giveUpAt) {
          throw new SchedulerSilentError(`no scheduler answered ${pattern}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
