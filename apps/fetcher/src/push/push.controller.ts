import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  receivePushV1Pattern,
  type ReceivePushV1Reply,
  receivePushV1RequestSchema,
} from '@tidetable/contracts';
import type { Logger } from '@tidetable/service-host';
import { logger, push } from '../fetcher.tokens.js';
import type { Push } from './push.js';
import { receivePush } from './receive-push.js';

/** Takes what came to the public addresses for notifications. The answer is the same whatever it was. */
@Controller()
export class PushController {
  constructor(
    @Inject(push) private readonly held: Push | null,
    @Inject(logger) private readonly log: Logger,
  ) {}

  @MessagePattern(receivePushV1Pattern)
  async receive(@Payload() question: unknown): Promise<ReceivePushV1Reply> {
    const request = receivePushV1RequestSchema.parse(question);
    const { service } = request;
    if (this.held?.states[service] === 'on') {
      const received = await receivePush(request, this.held);
      // Anybody may call: what came of nothing is not worth a line.
      if (received === 'taken') this.log.info({ service }, 'notification taken');
      else this.log.debug({ service, received }, 'notification left alone');
    }
    return { outcome: 'taken' };
  }
}
