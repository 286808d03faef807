import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/**
 * The headers by which a receiver knows a message for ours, as Standard Webhooks has them: id and time are signed with
 * the body, by each of the secrets, of which one at least is one that the receiver has.
 */
export function signedHeaders(
  message: { readonly id: string; readonly body: string },
  secrets: readonly string[],
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signatures = secrets.map((secret) => sign(`${message.id}.${timestamp}.${message.body}`, secret));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function sign(content: string, secret: string): string {
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
  return `v1,${createHmac('sha256', key).update(content, 'utf8').digest('base64')}`;
}
