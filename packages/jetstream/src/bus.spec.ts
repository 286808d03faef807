import { describe, expect, it } from '@jest/globals';
import { natsConnectionOptions } from './bus.js';

describe('the options of a NATS connection', () => {
  it.each([
    ['nats://localhost:4222', { servers: ['nats://localhost:4222'] }],
    ['nats://[::1]:4222', { servers: ['nats://[::1]:4222'] }],
    ['nats://ann:s%40crat@a:1', { servers: ['nats://a:1'], user: 'ann', pass: 's@crat' }],
    ['nats://t0ken@a:1', { servers: ['nats://a:1'], token: 't0ken' }],
    ['nats://u:p@a:1, nats://u:p@b:2', { servers: ['nats://a:1', 'nats://b:2'], user: 'u', pass: 'p' }],
  ])('are read from %s', (url, options) => {
    expect(natsConnectionOptions(url)).toEqual(options);
  });

  it.each(['', 'localhost:4222', 'nats://', 'nats://u:secret@'])(
    'are refused from %j without repeating it',
    (url) => {
      const read = (): unknown => natsConnectionOptions(url);
      expect(read).toThrow(new TypeError('a NATS server is given as nats://host:port'));
    },
  );
});
