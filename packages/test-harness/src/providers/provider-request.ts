import type { RecordedRequest, ResponseScript } from '../origin/response-script.js';

/** A request to one of the hosts of a fake provider, as it arrived. */
export interface ProviderRequest extends RecordedRequest {
  /** Which host, by the name that the fake gives it, e.g. `api`. */
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** Ends the handling of a request with this answer. */
export class Refusal extends Error {
  constructor(readonly answer: ResponseScript) {
    super(`refused with status ${answer.status ?? 200}`);
  }
}

/** An answer in JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): ResponseScript {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** The JSON object of a request. @throws Refusal with the given answer when it is none, or not declared as JSON */
export function jsonBody(
  { headers, body }: ProviderRequest,
  refusal: ResponseScript,
): Record<string, unknown> {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) throw new Refusal(refusal);
  return parseObject(body.toString(), refusal);
}

/** The object that a text says in JSON. @throws Refusal with the given answer */
export function parseObject(text: string, refusal: ResponseScript): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(refusal);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(refusal);
  return value as Record<string, unknown>;
}

/** The bearer token of a request; `null` without one. */
export function bearerOf({ headers }: ProviderRequest): string | null {
  return /^Bearer ([^\s]+)$/.exec(headers.authorization ?? '')?.[1] ?? null;
}
