import { describe, expect, it } from '@jest/globals';
import { classifyHttpFailure } from './classify-http-failure.js';

describe('an HTTP status', () => {
  it.each([200, 203])('%i carries the file', (status) => {
    expect(classifyHttpFailure(status)).toBeNull();
  });

  it.each([
    [401, 'source-forbidden'],
    [403, 'source-forbidden'],
    [404, 'source-not-found'],
    [410, 'source-not-found'],
    [429, 'source-rate-limited'],
    [500, 'source-server-error'],
    [503, 'source-server-error'],
    [599, 'source-server-error'],
    [202, 'source-http-error'],
    [204, 'source-http-error'],
    [206, 'source-http-error'],
    [300, 'source-http-error'],
    [304, 'source-http-error'],
    [400, 'source-http-error'],
    [407, 'source-http-error'],
    [418, 'source-http-error'],
    [451, 'source-http-error'],
    [600, 'source-http-error'],
  ] as const)('%i is %s', (status, code) => {
    expect(classifyHttpFailure(status)).toBe(code);
  });

  it.each([401, 403])('is about the credentials where the customer gave some: %i', (status) => {
    expect(classifyHttpFailure(status, true)).toBe('source-credentials-refused');
  });
});
