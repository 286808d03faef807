import { describe, expect, it } from '@jest/globals';
import { isKnownHost } from './is-known-host.js';

describe('a known host', () => {
  it.each([
    ['https://dl.boxcloud.com/d/1', ['dl.boxcloud.com'], true],
    ['https://DL.BoxCloud.com/d/1', ['dl.boxcloud.com'], true],
    ['https://public.boxcloud.com/d/1', ['*.boxcloud.com'], true],
    ['https://a.b.boxcloud.com/d/1', ['*.boxcloud.com'], true],
    ['https://boxcloud.com/', ['*.boxcloud.com'], false],
    ['https://evilboxcloud.com/', ['*.boxcloud.com'], false],
    ['https://dl.boxcloud.com.evil.example/', ['dl.boxcloud.com', '*.boxcloud.com'], false],
    ['https://evil.example/dl.boxcloud.com', ['dl.boxcloud.com'], false],
    ['https://dl.boxcloud.com@evil.example/', ['dl.boxcloud.com'], false],
    ['https://dl.boxcloud.com:8443/', ['dl.boxcloud.com'], false],
    ['http://127.0.0.1:8443/', ['127.0.0.1:8443'], true],
    ['https://dl.boxcloud.com/', [], false],
  ])('%s among %j: %s', (address, hosts, isKnown) => {
    expect(isKnownHost(new URL(address), hosts)).toBe(isKnown);
  });
});
