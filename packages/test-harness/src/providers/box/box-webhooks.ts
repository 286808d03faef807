import { createHmac, randomInt, randomUUID } from 'node:crypto';
import type { ResponseScript } from '../../origin/response-script.js';
import type { Deliveries } from '../deliveries.js';
import { json, jsonBody, type ProviderRequest, Refusal } from '../provider-request.js';
import { boxError, boxNotFound } from './box-errors.js';
import { type BoxEvent, type BoxFile, boxTriggers } from './box-store.js';
import { boxTime, presentBoxFile } from './present-box-file.js';

/** What messages are signed with; two keys, so that each can be changed while the other holds. */
export interface BoxSignatureKeys {
  primary: string;
  secondary: string;
}

/** A webhook that was made. */
export interface BoxWebhook {
  readonly id: string;
  readonly target: { readonly id: string; readonly type: 'file' | 'folder' };
  readonly address: string;
  readonly triggers: readonly string[];
}

/** The webhooks of one app and account. */
export class BoxWebhooks {
  private readonly made = new Map<string, BoxWebhook>();

  constructor(
    private readonly keys: BoxSignatureKeys,
    private readonly deliveries: Deliveries,
  ) {}

  list(): readonly BoxWebhook[] {
    return [...this.made.values()];
  }

  /** One for each target; a file's own does not tell of new versions, only its folder's does. */
  create(request: ProviderRequest, isThere: (target: BoxWebhook['target']) => boolean): ResponseScript {
    const { target, address, triggers } = jsonBody(request, boxError(400, 'bad_request', 'Bad Request'));
    const { id, type } = (target ?? {}) as { id?: unknown; type?: unknown };
    if (typeof id !== 'string' || (type !== 'file' && type !== 'folder')) throw badRequest('target');
    if (typeof address !== 'string' || !isHookAddress(address)) throw badRequest('address');
    if (!Array.isArray(triggers) || triggers.length === 0) throw badRequest('triggers');
    const names = triggers as string[];
    if (!names.every((each) => (boxTriggers as readonly string[]).includes(each)))
      throw badRequest('triggers');
    if (type === 'file' && names.includes('FILE.UPLOADED')) throw badRequest('FILE.UPLOADED is for folders');
    if (!isThere({ id, type })) throw boxNotFound();
    if (this.list().some((each) => each.target.id === id && each.target.type === type)) {
      throw new Refusal(boxError(409, 'conflict', 'Webhook already exists on the specified resource'));
    }
    const hook = { id: String(randomInt(10 ** 9)), target: { id, type }, address, triggers: names } as const;
    this.made.set(hook.id, hook);
    return json({ ...hook, type: 'webhook', created_at: boxTime(new Date()) }, 201);
  }

  remove(id: string): ResponseScript {
    if (!this.made.delete(id)) throw boxNotFound();
    return { status: 204 };
  }

  /** Tells the webhooks on the file and on its folder. */
  notify({ trigger, file }: BoxEvent): void {
    for (const hook of this.list()) {
      const isAbout = hook.target.id === (hook.target.type === 'file' ? file.id : file.parentId);
      if (isAbout && hook.triggers.includes(trigger)) this.send(hook, trigger, file);
    }
  }

  private send({ id, address }: BoxWebhook, trigger: string, file: BoxFile): void {
    const timestamp = boxTime(new Date());
    const body = JSON.stringify({
      ...{ type: 'webhook_event', id: randomUUID(), created_at: timestamp, trigger },
      webhook: { id, type: 'webhook' },
      created_by: { type: 'user', id: '22222', name: 'Ana', login: 'ana@example.org' },
      source: presentBoxFile(file),
      additional_info: [],
    });
    this.deliveries.send({ address, headers: this.sign(body, timestamp), body });
  }

  private sign(body: string, timestamp: string): Record<string, string> {
    const signature = (key: string): string =>
      createHmac('sha256', key).update(body).update(timestamp).digest('base64');
    return {
      'User-Agent': 'Box-WH-Client/0.1',
      'Content-Type': 'application/json; charset=utf-8',
      'BOX-DELIVERY-ID': randomUUID(),
      'BOX-DELIVERY-TIMESTAMP': timestamp,
      'BOX-SIGNATURE-PRIMARY': signature(this.keys.primary),
      'BOX-SIGNATURE-SECONDARY': signature(this.keys.secondary),
      'BOX-SIGNATURE-VERSION': '1',
      'BOX-SIGNATURE-ALGORITHM': 'HmacSHA256',
    };
  }
}

function isHookAddress(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:' && new URL(address).port === '';
}

function badRequest(what: string): Refusal {
  return new Refusal(boxError(400, 'bad_request', `Invalid ${what}`));
}
