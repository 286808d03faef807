import { describe, expect, it } from '@jest/globals';
import { refuseConnection } from './refuse-connection.js';

describe('the refusal of what a service or a connection does not allow', () => {
  it.each([
    ['connection-missing', 409, 1012],
    ['connection-refused', 409, 1011],
    ['connection-not-configured', 409, 1012],
    ['source-rate-limited', 502, 1001],
  ] as const)('for %s has status %i and the number %i', (code, status, number) => {
    const refusal = refuseConnection({ code, detail: 'the service is Box' });
    expect(refusal.statusCode).toBe(status);
    expect(refusal.extra).toEqual({ error: code, error_code: number });
    expect(refusal.message).toMatch(/^[A-Z].*\. \(the service is Box\) .*\.$/);
  });
});
