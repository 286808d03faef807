import 'reflect-metadata';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import {
  type DescribeRunV1Reply,
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
} from '@tidetable/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom, fromEvent, NEVER, takeUntil, timeout } from 'rxjs';
import type { z } from 'zod';

/** How long one question waits for its answer before it is asked again, in milliseconds. */
const answerTimeoutMs = 2_000;
/** Pause between two tries, in milliseconds. */
const retryMs = 250;

/** Where NATS is and who we are there, as `natsConnectionOptions` of the bus gives it. */
export interface NatsServers {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
}

/** No scheduler answered within the patience of the asker: our fault, so the event is tried again later. */
export class SchedulerSilentError extends Error {
  override readonly name = 'SchedulerSilentError';
}

/**
 * Asks the schedulers short questions about runs (request/reply over NATS). Whichever scheduler is free answers,
 * from the metadata database. Every question changes nothing, so it is asked again until an answer comes or
 * `patienceMs` is over: a lost connection, a scheduler that ends while it answers, and one that cannot reach its
 * database are all waited for, and none of them is taken for an answer. A signal that is given ends the waiting at
 * once with its reason.
 */
export class SchedulerClient {
  private constructor(
    private readonly client: ClientProxy,
    private readonly patienceMs: number,
  ) {}

  /** Connects in the background: the first question waits for the connection. */
  static create(natsOptions: NatsServers, name: string, patienceMs = 30_000): SchedulerClient {
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

  /** Ends the connection. Questions that are waiting go on until their patience is over. */
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
    const aborted = signal === undefined ? NEVER : fromEvent(signal, 'abort');
    for (;;) {
      signal?.throwIfAborted();
      try {
        const reply: unknown = await firstValueFrom(
          this.client.send(pattern, question).pipe(timeout(answerTimeoutMs), takeUntil(aborted)),
        );
        return replySchema.parse(reply);
      } catch (error) {
        signal?.throwIfAborted();
        if (performance.now() > giveUpAt) {
          throw new SchedulerSilentError(`no scheduler answered ${pattern}`, { cause: error });
        }
        await sleep(retryMs, undefined, { signal }).catch(() => undefined); // The next round tells the reason.
      }
    }
  }
}
