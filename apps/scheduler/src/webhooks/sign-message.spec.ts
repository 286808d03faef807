import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

  it('is what the code in the documentation looks for', async () => {
    const { isOurs } = await documentedCode();
    const headers = signedHeaders(example.message, [example.secret], example.now);
    const nowMs = example.now.getTime();
    const { body } = example.message;
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(isOurs(headers, body, example.secret, nowMs)).toBe(true);
    expect(isOurs(headers, `${body} `, example.secret, nowMs)).toBe(false);
    expect(isOurs(headers, body, other, nowMs)).toBe(false);
    expect(isOurs(headers, body, example.secret, nowMs + 301_000)).toBe(false);
    const both = signedHeaders(example.message, [other, example.secret], example.now);
    expect(isOurs(both, body, example.secret, nowMs)).toBe(true);
  });
});

type IsOurs = (headers: Record<string, string>, body: string, secret: string, now: number) => boolean;

/** The JavaScript of docs/webhooks.md, as a reader would have it in a file. */
async function documentedCode(): Promise<{ isOurs: IsOurs }> {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/webhooks.md'), 'utf8');
  const code = /```js\n([^]*?)```/.exec(text)?.[1] ?? '';
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { isOurs: IsOurs };
}
