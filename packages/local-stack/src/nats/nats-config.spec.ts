import { describe, expect, it } from '@jest/globals';
import { natsConfigText } from './nats-config.js';

const gibibyte = 1024 ** 3;
const config = {
  serverName: 'tidetable-1',
  port: 4222,
  storeFolder: '/data/a "b"',
  pidFile: '/data/p',
  freeBytes: 0,
};

describe('natsConfigText', () => {
  it('listens on loopback only', () => {
    expect(natsConfigText(config)).toContain('listen: "127.0.0.1:4222"');
  });

  it('quotes paths', () => {
    expect(natsConfigText(config)).toContain('store_dir: "/data/a \\"b\\""');
  });

  it.each([
    [0, gibibyte],
    [20 * gibibyte, 10 * gibibyte],
    [900 * gibibyte, 64 * gibibyte],
  ])('keeps, with %i bytes free, %i at most', (freeBytes, maximum) => {
    expect(natsConfigText({ ...config, freeBytes })).toContain(`max_file_store: ${maximum}\n`);
  });
});
