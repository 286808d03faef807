import { describe, expect, it } from '@jest/globals';
import { postgresSettings, settingArguments } from './postgres-settings.js';

const gibibyte = 1024 ** 3;

describe('postgresSettings', () => {
  it.each([
    [0.5 * gibibyte, '128MB'],
    [4 * gibibyte, '512MB'],
    [64 * gibibyte, '1024MB'],
  ])('shares of %i bytes of memory %s as buffers', (memoryBytes, buffers) => {
    expect(postgresSettings(5432, memoryBytes, 'durable')).toMatchObject({ shared_buffers: buffers });
  });

  it('listens on loopback only', () => {
    const settings = postgresSettings(5432, gibibyte, 'fast');
    expect(settings).toMatchObject({ listen_addresses: '127.0.0.1', unix_socket_directories: '' });
  });

  it('gives durability up only when asked for speed', () => {
    expect(postgresSettings(5432, gibibyte, 'durable')).not.toHaveProperty('fsync');
    expect(postgresSettings(5432, gibibyte, 'fast')).toMatchObject({ fsync: 'off', full_page_writes: 'off' });
  });
});

describe('settingArguments', () => {
  it('passes each setting on, empty ones too', () => {
    expect(settingArguments({ port: '1', unix_socket_directories: '' })).toEqual([
      '-c',
      'port=1',
      '-c',
      'unix_socket_directories=',
    ]);
  });
});
