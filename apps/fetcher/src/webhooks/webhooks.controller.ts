import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  deliverWebhookV1Pattern,
  type DeliverWebhookV1Reply,
  deliverWebhookV1RequestSchema,
} from '@tidetable/contracts';
import { delivery } from '../fetcher.tokens.js';
import { type DeliveryOptions, deliverWebhook } from './deliver-webhook.js';

/** Sends to webhooks what schedulers want sent: each question is one attempt, and is answered with how it went. */
@Controller()
export class WebhooksController {
  constructor(@Inject(delivery) private readonly options: DeliveryOptions) {}

  @MessagePattern(deliverWebhookV1Pattern)
  async deliver(@Payload() question: unknown): Promise<DeliverWebhookV1Reply> {
    return deliverWebhook(deliverWebhookV1RequestSchema.parse(question), this.options);
  }
}
