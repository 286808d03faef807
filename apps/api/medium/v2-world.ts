import type { z } from 'zod';
import { type Answer, type ApiUnderTest, type Call } from './api-under-test.js';

/** An account that talks to version 2. */
export interface V2Customer {
  readonly id: string;
  readonly username: string;
  readonly key: string;
  /** `path` is what follows `/api/v2`. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
}

/** Makes an account on an api under test. */
export async function v2Customer(api: ApiUnderTest, username?: string): Promise<V2Customer> {
  const { id, username: name, key } = await api.customer(username);
  return {
    id,
    username: name,
    key,
    call: (method, path, { body, headers = {} } = {}) =>
      api.call(method, `/api/v2${path}`, {
        ...(body === undefined ? {} : { body }),
        headers: { authorization: `Bearer ${key}`, ...headers },
      }),
  };
}

/** The body of an answer, if it is what a schema says and nothing else. */
export function read<Schema extends z.ZodType>(schema: Schema, answer: Answer): z.output<Schema> {
  const body = schema.parse(answer.json);
  expectSame(body, answer.json);
  return body;
}

function expectSame(parsed: unknown, sent: unknown): void {
  if (JSON.stringify(parsed) !== JSON.stringify(sent))
    throw new Error('the answer holds more than its schema says');
}
