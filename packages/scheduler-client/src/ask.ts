import 'reflect-metadata';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { EmptyResponseException } from '@nestjs/microservices/errors/empty-response.exception.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom, fromEvent, NEVER, takeUntil, timeout } from 'rxjs';
import type { z } from 'zod';

/** How long one question waits for its answer before it is asked again, in milliseconds. */
const answerTimeoutDefaultMs = 2_000;
/** Pause between two tries, in milliseconds. */
const retryMs = 250;

/** Where NATS is and who we are there, as `natsConnectionOptions` of the bus gives it. */
export interface NatsServers {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
}

/** Connects for asking, in the background: the first question waits for the connection. */
export function connectAsker(natsOptions: NatsServers, name: string): ClientProxy {
  return ClientProxyFactory.create({
    transport: Transport.NATS,
    options: {
      ...natsOptions,
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: true,
    },
  });
}

/** One question, and how long its asker waits for the answer. */
export interface Question<S extends z.ZodType> {
  pattern: string;
  request: object;
  replySchema: S;
  /** How long it is asked again before it counts as unanswered, in milliseconds. */
  patienceMs: number;
  /** How long one try waits for its answer, in milliseconds. @default 2000 */
  answerTimeoutMs?: number;
  /** Heard once only: what it asks for must not happen twice. It is asked again while nobody is there to hear it. */
  once?: boolean;
  /** Ends the waiting at once with its reason. */
  signal?: AbortSignal | undefined;
  /** What is thrown when nobody answered, with what the last try met as its cause. */
  SilentError: new (message: string, options: ErrorOptions) => Error;
}

/**
 * Asks until an answer comes or the patience is over: a lost connection, an answerer that ends while it answers, and
 * one that cannot reach its database are all waited for, and none of them is taken for an answer.
 */
export async function ask<S extends z.ZodType>(
  client: ClientProxy,
  {
    pattern,
    request,
    replySchema,
    patienceMs,
    answerTimeoutMs = answerTimeoutDefaultMs,
    once = false,
    signal,
    SilentError,
  }: Question<S>,
): Promise<z.infer<S>> {
  const giveUpAt = performance.now() + patienceMs;
  const aborted = signal === undefined ? NEVER : fromEvent(signal, 'abort');
  for (;;) {
    signal?.throwIfAborted();
    try {
      const reply: unknown = await firstValueFrom(
        client.send(pattern, request).pipe(timeout(answerTimeoutMs), takeUntil(aborted)),
      );
      return replySchema.parse(reply);
    } catch (error) {
      signal?.throwIfAborted();
      const mayRepeat = !once || error instanceof EmptyResponseException;
      if (!mayRepeat || performance.now() > giveUpAt)
        throw new SilentError(`nobody answered ${pattern}`, { cause: error });
      await sleep(retryMs, undefined, { signal }).catch(() => undefined); // The next round tells the reason.
    }
  }
}
