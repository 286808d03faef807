import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/** Networks, of which one list may be connected to although they are not public, and another never. */
export type Networks = readonly (readonly [Address, number])[];

/** Global unicast: everything that is publicly routed in IPv6 today starts with these three bits. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** The well-known prefix under which a NAT64 gateway reaches all of IPv4 (RFC 6052). */
const nat64 = ipaddr.parseCIDR('64:ff9b::/96');

/** What the operator decided about addresses. */
export interface AddressRules {
  /** May be connected to although they are not public. */
  allowed: Networks;
  /** May never be connected to, not even where they are allowed. */
  refused: Networks;
}

/**
 * Whether a source may live at this address: at a public one, or in a network that the operator allowed, and in none
 * that the operator refused.
 *
 * Public is what is known to be: anything private, local, reserved, multicast or unknown is not. Addresses that
 * carry an IPv4 address are judged by that one where the network would deliver to it as it stands (IPv4-mapped,
 * NAT64) and refused where a relay would (6to4, Teredo). Text that is not an address is refused.
 */
export function isAddressAllowed(text: string, { allowed, refused }: AddressRules): boolean {
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.process(isIP(text) === 6 ? withoutDots(text) : text);
  const reached = isWithin(address, nat64) ? ipaddr.fromByteArray(address.toByteArray().slice(-4)) : address;
  if (refused.some((network) => isWithin(address, network) || isWithin(reached, network))) return false;
  return allowed.some((network) => isWithin(address, network)) || isPublic(address);
}

/**
 * The networks of a comma-separated list of CIDRs; an address alone is a network of one.
 * @throws TypeError when an entry is neither.
 */
export function parseNetworks(list: string): Networks {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseNetwork);
}

function parseNetwork(entry: string): [Address, number] {
  const [address = '', prefixLength] = entry.split('/');
  const cidr = prefixLength === undefined ? `${address}/${isIP(address) === 4 ? 32 : 128}` : entry;
  if (isIP(address) === 0 || address.includes('%') || !ipaddr.isValidCIDR(cidr)) {
    throw new TypeError('a network is an address, a slash and a prefix length');
  }
  return ipaddr.parseCIDR(cidr);
}

function isPublic(address: Address): boolean {
  if (address.kind() === 'ipv4') return address.range() === 'unicast';
  if (isWithin(address, nat64)) return isPublic(ipaddr.fromByteArray(address.toByteArray().slice(-4)));
  return isWithin(address, globalUnicast) && address.range() === 'unicast';
}

/** Whether an address lies in a network of its own kind. */
function isWithin(address: Address, [network, prefixLength]: readonly [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, prefixLength);
}

/** An IPv6 address in hexadecimal only: the parser used here takes `::8.8.8.8` for the mapped `::ffff:8.8.8.8`. */
function withoutDots(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
