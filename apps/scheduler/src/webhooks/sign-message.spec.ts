import { describe, expect, it } from '@jest/globals';
import { signedHeaders } from './sign-message.js';

/** The example of the specification of Standard Webhooks. */
const example = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' },
  now: new Date(1_614_265_330_000),
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('the signature of a message', () => {
  it('is that of the specification', () => {
    expect(signedHeaders(example.message, [example.secret], example.now)).toEqual({
      'webhook-id': example.message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': example.signature,
    });
  });

  it('comes once for each secret, so that a receiver that has either of them knows it', () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { 'webhook-signature': both } = signedHeaders(
      example.message,
      [other, example.secret],
      example.now,
    );
    const [first, second, ...rest] = both!.split(' ');
    expect([second, rest]).toEqual([example.signature, []]);
    expect(first).not.toBe(second);
  });
});
