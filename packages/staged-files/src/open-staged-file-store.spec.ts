import { describe, expect, it } from '@jest/globals';
import { isStagedFilesUrl, openStagedFileStore } from './open-staged-file-store.js';

describe('the address of a staged-file store', () => {
  it.each(['file:///var/lib/tidetable', 'file:///with%20space', 'nats-object-store:'])('may be %s', (url) => {
    expect(isStagedFilesUrl(url)).toBe(true);
  });

  it.each(['', '/var/lib', 'file://host/share', 'file:relative', 's3://bucket', 'nats-object-store:other'])(
    'may not be %j',
    async (url) => {
      expect(isStagedFilesUrl(url)).toBe(false);
      await expect(openStagedFileStore(url, 'nats://127.0.0.1:1')).rejects.toThrow(TypeError);
    },
  );
});
