import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SyncError } from '@tidetable/contracts';
import { type AddressRules, isAddressAllowed } from './classify-address.js';

/** All addresses that a host name has now. Rejects with a code of `getaddrinfo` when it has none. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

/** Resolves as every program of this machine does: hosts file, then name servers. */
export const resolveBySystem: ResolveName = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * The addresses to which a request for this host may be sent, at least one. `hostname` is that of a parsed URL,
 * which has turned decimal, octal, hexadecimal and abbreviated IPv4 into the usual form already.
 *
 * When a single one of several addresses is refused, all are: a name that mixes public and private addresses is
 * either a mistake or an attack by rebinding, and picking the good ones would make the outcome depend on luck.
 *
 * @throws SyncError source-host-unknown, source-address-refused
 */
export async function resolveHost(
  hostname: string,
  resolveName: ResolveName,
  rules: AddressRules,
): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(literal) === 0 ? await resolveNamed(hostname, resolveName) : [literal];
  if (addresses.length === 0) throw new SyncError('source-host-unknown');
  if (!addresses.every((address) => isAddressAllowed(address, rules))) {
    throw new SyncError('source-address-refused');
  }
  return addresses;
}

/** What the resolver says does not matter, apart from that it had no address to give. */
async function resolveNamed(hostname: string, resolveName: ResolveName): Promise<readonly string[]> {
  try {
    return await resolveName(hostname);
  } catch (error) {
    if (isOurFault(error)) throw error;
    throw new SyncError('source-host-unknown', undefined, { cause: error });
  }
}

/** Running out of memory or of file handles says nothing about the name. */
function isOurFault(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EAI_MEMORY', 'EMFILE', 'ENFILE'].includes(String(error.code))
  );
}
