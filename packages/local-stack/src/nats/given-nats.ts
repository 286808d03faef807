import { natsUrls } from '../given-servers.js';
import { LocalStackError } from '../local-stack-error.js';
import { natsGreeting } from './nats-greeting.js';

/**
 * Sees that one of the servers of NATS_URL at least answers and has JetStream. Those reached through WebSockets are
 * taken at their word, since they greet only after a handshake that is the client's business.
 */
export async function checkGivenNats(natsUrl: string): Promise<void> {
  const urls = natsUrls(natsUrl);
  if (urls.some(({ protocol }) => protocol.startsWith('ws'))) return;
  const greetings = await Promise.all(
    urls.map(({ hostname, port }) => natsGreeting(hostname.replace(/^\[|\]$/g, ''), Number(port || 4222))),
  );
  const answered = greetings.filter((greeting) => greeting !== undefined);
  if (answered.some(({ jetstream }) => jetstream)) return;
  const problem =
    answered.length > 0
      ? 'has no JetStream; start it with `nats-server -js`'
      : 'does not answer as a nats-server';
  throw new LocalStackError('server-unreachable', `The server of NATS_URL ${problem}. Then try again.`);
}
