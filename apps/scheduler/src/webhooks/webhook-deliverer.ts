import { webhookTestType } from '@tidetable/contracts';
import type { SchedulerContext } from '../scheduler-context.js';
import { type ClaimedDelivery, claimDeliveries } from './claim-deliveries.js';
import { type AttemptResult, decideDelivery, type DeliveryDecision } from './decide-delivery.js';
import { dropDelivery, recordDelivery } from './record-delivery.js';
import { signedHeaders } from './sign-message.js';
import { cloudEventMediaType, writeMessage } from './write-message.js';

/** So many attempts of one webhook are under way in one scheduler, so that a slow server holds up its own events only. */
const perWebhookMax = 4;
/** How long after its time an attempt counts as lost, in seconds: more than asking for it can take. */
const leaseGraceSeconds = 30;
/** How long attempts may take when the service stops, in milliseconds. */
const drainMs = 3_000;

/** Has one attempt made; `null` when nobody says how it went. */
export type AttemptDelivery = (request: {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}) => Promise<AttemptResult>;

/**
 * Delivers what is due to webhooks, a limited number at a time. The rows are what lasts: an attempt that ends with this process
 * is made again by any scheduler once its lease is over, with the same id, by which a receiver knows it.
 */
export class WebhookDeliverer {
  private readonly underWay = new Map<string, number>();
  private readonly attempts = new Set<Promise<void>>();

  /** `onRoom` is called whenever an attempt has ended, so that there is room for another. */
  constructor(
    private readonly context: SchedulerContext,
    private readonly attempt: AttemptDelivery,
    private readonly onRoom: () => void,
  ) {}

  /** Begins what is due, as far as there is room. Returns whether more may be due that could begin right now. */
  async deliverDue(): Promise<boolean> {
    const { database, settings } = this.context;
    const batch = settings.WEBHOOK_CONCURRENCY - this.attempts.size;
    if (batch <= 0) return false;
    const leaseSeconds = settings.WEBHOOK_TIMEOUT_MS / 1_000 + leaseGraceSeconds;
    const limits = { batch, perWebhookMax, leaseSeconds };
    const claimed = await claimDeliveries(database, limits, this.underWay, webhookTestType);
    for (const delivery of claimed) this.begin(delivery);
    return claimed.length === batch && this.attempts.size < settings.WEBHOOK_CONCURRENCY;
  }

  /** Waits for what is under way, but not for long: what is not recorded is tried again. Begin nothing after this. */
  async drain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, drainMs)));
    await Promise.race([Promise.all(this.attempts), patience]);
    clearTimeout(timer);
  }

  private begin(delivery: ClaimedDelivery): void {
    const { webhookId } = delivery;
    this.underWay.set(webhookId, (this.underWay.get(webhookId) ?? 0) + 1);
    const ended = this.deliver(delivery).finally(() => {
      this.attempts.delete(ended);
      const left = (this.underWay.get(webhookId) ?? 1) - 1;
      if (left === 0) this.underWay.delete(webhookId);
      else this.underWay.set(webhookId, left);
      this.onRoom();
    });
    this.attempts.add(ended);
  }

  /** Never rejects: what could not be recorded is tried again once the lease is over. */
  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const { database, logger, checkpoint } = this.context;
    const { id, webhookId, eventType, attempts } = delivery;
    const ids = { deliveryId: id, webhookId, eventType, attempt: attempts };
    try {
      if (!delivery.isWanted) {
        await dropDelivery(database, delivery);
        logger.debug(ids, 'delivery dropped');
        return;
      }
      const startedAt = performance.now();
      const result = await this.attempt(this.requestOf(delivery));
      await checkpoint('after-delivery');
      const triedSeconds = delivery.triedSeconds + (performance.now() - startedAt) / 1_000;
      const decision = decideDelivery(result, { triedSeconds, spread: Math.random() });
      const isDisabled = await recordDelivery(database, delivery, decision);
      this.tell(ids, decision, isDisabled);
    } catch (error) {
      logger.warn({ ...ids, err: error }, 'delivery is tried again after its lease');
    }
  }

  private requestOf(delivery: ClaimedDelivery): Parameters<AttemptDelivery>[0] {
    const { settings } = this.context;
    const body = writeMessage(delivery, settings.PUBLIC_URL);
    const headers = {
      'content-type': cloudEventMediaType,
      ...signedHeaders({ id: delivery.id, body }, delivery.secrets, new Date()),
    };
    return { url: delivery.url, headers, body, timeoutMs: settings.WEBHOOK_TIMEOUT_MS };
  }

  private tell(ids: object, decision: DeliveryDecision, isDisabled: boolean): void {
    const { logger, metrics } = this.context;
    const { state, status } = decision;
    const code = state === 'delivered' ? '' : decision.code;
    metrics.webhookAttempted(state, code);
    logger.debug({ ...ids, state, status, code }, 'delivery attempted');
    if (isDisabled) logger.info({ ...ids, code }, 'webhook disabled');
  }
}
