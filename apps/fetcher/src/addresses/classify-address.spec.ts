import { describe, expect, it } from '@jest/globals';
import { isAddressAllowed as isAllowedBy, parseNetworks } from './classify-address.js';

function isAddressAllowed(address: string, allowed: ReturnType<typeof parseNetworks> = []): boolean {
  return isAllowedBy(address, { allowed, refused: [] });
}

const publicAddresses = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.1',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:2800:220:1:248:1893:25c8:1946',
  '2A00:1450:4001:81B::200E',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '64:ff9b::8.8.8.8',
];

const refusedAddresses = [
  // This host and its network
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.254',
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  // Private
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  'fc00::1',
  'fd12:3456:789a::1',
  'fec0::1',
  // Shared and link-local, with the metadata services of clouds
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '169.254.169.254',
  '169.254.0.1',
  'fd00:ec2::254',
  'fe80::1',
  'febf::1',
  'fe80::1%eth0',
  // Reserved, documentation, benchmarks
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '240.0.0.1',
  '2001:db8::1',
  '2001:2::1',
  '3fff::1',
  '100::1',
  '5f00::1',
  // Multicast and broadcast
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  'ff02::1',
  'ff0e::1',
  // IPv4 inside IPv6
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '0:0:0:0:0:ffff:c0a8:1',
  '::ffff:0:127.0.0.1',
  '::127.0.0.1',
  '::7f00:1',
  '::8.8.8.8',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::8.8.8.8',
  '64:ff9b:1:ffff::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '2001:0:4136:e378:8000:63bf:80ff:fffe',
  // No address at all, or one that only some programs would read
  '',
  'localhost',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '127.0.0.1 ',
  '[::1]',
  '8.8.8.8/32',
];

describe('an address', () => {
  it.each(publicAddresses)('%s is public', (address) => {
    expect(isAddressAllowed(address)).toBe(true);
  });

  it.each(refusedAddresses)('%p is refused', (address) => {
    expect(isAddressAllowed(address)).toBe(false);
  });
});

/** A host as the customer wrote it, after the URL was parsed. */
function isSpellingAllowed(host: string): boolean {
  return isAddressAllowed(new URL(`http://${host}/`).hostname.replace(/^\[(.*)\]$/, '$1'));
}

describe('a spelling of an address in a URL', () => {
  it.each([
    '2130706433',
    '0x7f000001',
    '0X7F.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.1',
    '127.0.1',
    '0',
    '0x0',
    '00000177.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '3232235777',
    '0xA9FEA9FE',
    '0251.0376.0251.0376',
    '[::1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::FFFF:127.0.0.1]',
    '[::ffff:7f00:0001]',
    '[64:ff9b::169.254.169.254]',
    'user@127.0.0.1',
    '8.8.8.8@127.0.0.1',
  ])('%s is refused', (host) => {
    expect(isSpellingAllowed(host)).toBe(false);
  });

  it.each(['134744072', '0x08080808', '010.8.8.8', '[2001:4860:4860::8888]'])('%s is public', (host) => {
    expect(isSpellingAllowed(host)).toBe(true);
  });
});

describe('an allowed network', () => {
  it('opens itself and nothing beside it', () => {
    const allowed = parseNetworks('10.1.0.0/16, 127.0.0.1/32,fd00:1::/32');
    expect(
      ['10.1.2.3', '127.0.0.1', 'fd00:1:2::3', '8.8.8.8'].map((each) => isAddressAllowed(each, allowed)),
    ).toEqual([true, true, true, true]);
    expect(
      ['10.2.0.1', '127.0.0.2', 'fd00:2::1', '::1'].map((each) => isAddressAllowed(each, allowed)),
    ).toEqual([false, false, false, false]);
  });

  it('opens an IPv4 address also where it is written as mapped into IPv6, and not through NAT64', () => {
    const allowed = parseNetworks('127.0.0.0/8');
    expect(isAddressAllowed('::ffff:127.0.0.1', allowed)).toBe(true);
    expect(isAddressAllowed('64:ff9b::127.0.0.1', allowed)).toBe(false);
  });

  it('may be a single address', () => {
    expect(isAddressAllowed('::1', parseNetworks('::1'))).toBe(true);
    expect(isAddressAllowed('10.0.0.2', parseNetworks('10.0.0.1'))).toBe(false);
  });

  it('is nothing at all when the list is empty', () => {
    expect(parseNetworks('')).toEqual([]);
    expect(parseNetworks(' , ')).toEqual([]);
  });

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10/8',
    '127.1',
    '0x7f000001',
    '10.0.0.0/',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '::/129',
    '10.0.0.0/8/8',
  ])('is refused when it is written as %p', (list) => {
    expect(() => parseNetworks(list)).toThrow(TypeError);
  });
});

describe('a refused network', () => {
  const rules = {
    allowed: parseNetworks('10.0.0.0/8'),
    refused: parseNetworks('10.1.0.0/16,8.8.8.0/24,2606::/16'),
  };

  it.each(['10.1.2.3', '8.8.8.8', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2606:4700::1111'])(
    'closes %s, whether it is public or allowed',
    (address) => {
      expect(isAllowedBy(address, rules)).toBe(false);
    },
  );

  it.each(['10.2.0.1', '8.8.4.4', '2001:4860:4860::8888'])('leaves %s as it is', (address) => {
    expect(isAllowedBy(address, rules)).toBe(true);
  });
});
