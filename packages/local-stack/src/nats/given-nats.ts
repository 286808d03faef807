import { LocalStackError } from '../local-stack-error.js';
import { natsGreeting } from './nats-greeting.js';

/** Sees that the server of NATS_URL answers and has JetStream. */
export async function checkGivenNats(natsUrl: string): Promise<void> {
  const { hostname, port } = new URL(natsUrl);
  const greeting = await natsGreeting(hostname.replace(/^\[|\]$/g, ''), Number(port || 4222));
  if (greeting?.jetstream) return;
  const problem = greeting
    ? 'has no JetStream; start it with `nats-server -js`'
    : 'does not answer as a nats-server';
  throw new LocalStackError('server-unreachable', `The server of NATS_URL ${problem}. Then try again.`);
}
