import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { BoxSignatureKeys } from './push-states.js';

/** Headers of a notification, by lower-case name. */
export type PushHeaders = Readonly<Record<string, string>>;

/** A notification of Box may be so old, or so far in the future, in milliseconds. */
const boxAgeMsMax = 10 * 60_000;

/** What Drive says: it signs nothing, so all of it must be what was agreed on. */
export interface DriveNotification {
  readonly channelId: string;
  readonly resourceId: string;
  readonly token: string;
  readonly messageNumber: number;
  /** `sync` for the first message of a channel, which tells of no change. */
  readonly state: string;
}

/** What Box says of a file. */
export interface BoxNotification {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly trigger: string;
  /** `null` when it is about no file. */
  readonly fileId: string | null;
}

/** Reads a notification of Drive; `null` when it is none. */
export function readDriveNotification(headers: PushHeaders): DriveNotification | null {
  const channelId = headers['x-goog-channel-id'] ?? '';
  const messageNumber = headers['x-goog-message-number'] ?? '';
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(channelId);
  if (!isUuid || !/^\d{1,15}$/.test(messageNumber)) return null;
  return {
    channelId,
    resourceId: headers['x-goog-resource-id'] ?? '',
    token: headers['x-goog-channel-token'] ?? '',
    messageNumber: Number(messageNumber),
    state: headers['x-goog-resource-state'] ?? '',
  };
}

/** The accounts at Dropbox that a notification names; `null` when Dropbox has not signed it. */
export function readDropboxNotification(
  body: Buffer,
  headers: PushHeaders,
  appSecret: string,
): string[] | null {
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  if (!isSame(headers['x-dropbox-signature'], signature)) return null;
  const { list_folder: folder } = parse(body) as { list_folder?: { accounts?: unknown } };
  const accounts = Array.isArray(folder?.accounts) ? (folder.accounts as unknown[]) : [];
  return accounts.filter((account): account is string => typeof account === 'string').slice(0, 1_000);
}

/** What a notification of Box says; `null` when Box has not signed it, or too long ago. */
export function readBoxNotification(
  body: Buffer,
  headers: PushHeaders,
  { primary, secondary }: BoxSignatureKeys,
  now: Date,
): BoxNotification | null {
  const timestamp = headers['box-delivery-timestamp'] ?? '';
  const isSigned =
    isSignedByBox(body, timestamp, headers['box-signature-primary'], primary) ||
    isSignedByBox(body, timestamp, headers['box-signature-secondary'], secondary);
  const ageMs = now.getTime() - Date.parse(timestamp);
  const deliveryId = headers['box-delivery-id'] ?? '';
  // An age that is no number is not within the limits either.
  if (!isSigned || !(Math.abs(ageMs) <= boxAgeMsMax) || deliveryId === '') return null;
  if (headers['box-signature-version'] !== '1' || headers['box-signature-algorithm'] !== 'HmacSHA256')
    return null;
  const { webhook, trigger, source } = parse(body) as {
    webhook?: { id?: unknown };
    trigger?: unknown;
    source?: { id?: unknown; type?: unknown };
  };
  if (typeof webhook?.id !== 'string' || typeof trigger !== 'string') return null;
  const fileId = source?.type === 'file' && typeof source.id === 'string' ? source.id : null;
  return { deliveryId, webhookId: webhook.id, trigger, fileId };
}

function isSignedByBox(
  body: Buffer,
  timestamp: string,
  signature: string | undefined,
  key: string | null,
): boolean {
  if (key === null) return false;
  const sign = (bytes: Buffer | string): string =>
    createHmac('sha256', key).update(bytes).update(timestamp).digest('base64');
  // Some of its senders sign the body as it is before other characters than ASCII are written out.
  const escaped = body
    .toString('utf8')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return isSame(signature, sign(body)) || isSame(signature, sign(escaped));
}

/** Compares in a time that tells nothing of where they differ, or of how long they are. */
export function isSame(given: string | undefined, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given ?? ''), hash(expected)) && given !== undefined;
}

function parse(body: Buffer): object {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
