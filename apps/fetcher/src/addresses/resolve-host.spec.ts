import { describe, expect, it } from '@jest/globals';
import { parseNetworks } from './classify-address.js';
import { resolveHost, type ResolveName } from './resolve-host.js';

const publicOnly = { allowed: [], refused: [] };
const never: ResolveName = () => Promise.reject(new Error('an address must not be resolved'));
const answering =
  (...addresses: string[]): ResolveName =>
  () =>
    Promise.resolve(addresses);
const failing =
  (code: string): ResolveName =>
  () =>
    Promise.reject(Object.assign(new Error('no'), { code }));

describe('the addresses of a host', () => {
  it('are all that its name has', async () => {
    expect(await resolveHost('example.com', answering('8.8.8.8', '2001:4860::1'), publicOnly)).toEqual([
      '8.8.8.8',
      '2001:4860::1',
    ]);
  });

  it('are the address itself when it is written as one', async () => {
    expect(await resolveHost('8.8.8.8', never, publicOnly)).toEqual(['8.8.8.8']);
    expect(await resolveHost('[2001:4860::1]', never, publicOnly)).toEqual(['2001:4860::1']);
  });

  it.each([
    ['127.0.0.1'],
    ['8.8.8.8', '127.0.0.1'],
    ['127.0.0.1', '8.8.8.8'],
    ['8.8.8.8', '::ffff:10.0.0.1'],
  ])('are refused altogether when one is private: %s %s', async (...addresses) => {
    await expect(resolveHost('example.com', answering(...addresses), publicOnly)).rejects.toMatchObject({
      code: 'source-address-refused',
    });
  });

  it('are refused when a private one is written in the URL', async () => {
    await expect(resolveHost('[::1]', never, publicOnly)).rejects.toMatchObject({
      code: 'source-address-refused',
    });
  });

  it('may be private where the operator allows the network', async () => {
    const rules = { allowed: parseNetworks('127.0.0.1/32'), refused: [] };
    expect(await resolveHost('example.com', answering('127.0.0.1', '8.8.8.8'), rules)).toHaveLength(2);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA'])('are unknown after %s', async (code) => {
    await expect(resolveHost('example.com', failing(code), publicOnly)).rejects.toMatchObject({
      name: 'SyncError',
      code: 'source-host-unknown',
    });
  });

  it('are unknown when there are none', async () => {
    await expect(resolveHost('example.com', answering(), publicOnly)).rejects.toMatchObject({
      code: 'source-host-unknown',
    });
  });

  it('are not blamed on the source when our own handles or memory run out', async () => {
    await expect(resolveHost('example.com', failing('EMFILE'), publicOnly)).rejects.not.toMatchObject({
      name: 'SyncError',
    });
  });
});
