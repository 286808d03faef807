import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/**
 * An agent for one request, which can connect to these addresses and to no other: whatever the name resolves to
 * by then, the addresses that were checked are the ones used. Connections are not kept, so none is ever reused
 * for another host. Certificates are always verified, against the host name.
 *
 * `onConnected` is called once the connection stands, including TLS.
 */
export function createPinnedAgent(
  protocol: string,
  addresses: readonly string[],
  onConnected: () => void,
): HttpAgent {
  const options: AgentOptions = { keepAlive: false, lookup: pinnedLookup(addresses) };
  const isSecure = protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ ...options, rejectUnauthorized: true }) : new HttpAgent(options);
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = createConnection(...args);
    socket?.once(isSecure ? 'secureConnect' : 'connect', onConnected);
    return socket;
  };
  return agent;
}

function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = pinned;
  if (first === undefined) throw new RangeError('an agent needs an address to connect to');
  return (_hostname, options, answer) => {
    if (options.all === true) answer(null, pinned);
    else answer(null, first.address, first.family);
  };
}
