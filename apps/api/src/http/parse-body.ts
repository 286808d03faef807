import type { FastifyInstance } from 'fastify';
import { badRequest } from './refusal.js';

/** The fields of a request's body. */
export type BodyFields = Record<string, unknown>;

/**
 * The fields of a body, by what it holds rather than by what its Content-Type claims: JSON is read as JSON whatever
 * the header says, as `curl -d` calls it a form; other text of a form is read as form fields. No body, no fields.
 *
 * @throws Refusal 400 when it is neither, or when the JSON is not an object.
 */
export function parseBody(text: string, contentType: string | undefined): BodyFields {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const isForm = contentType?.trim().toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false;
  if (isForm && !/^[[{"]/.test(trimmed)) return Object.fromEntries(new URLSearchParams(trimmed));
  return parseObject(trimmed);
}

function parseObject(text: string): BodyFields {
  const value = parseJson(text);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw badRequest('Invalid body: must be a JSON object.');
  return value as BodyFields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the text, which may hold a key.
    throw badRequest('Invalid body: must be well-formed JSON.');
  }
}

/** Below this path bodies are left as the bytes that came: they are signed. */
const rawBodiesPath = '/api/v1/push/';

/** Makes Fastify read every body with {@link parseBody}, on every method, also without a Content-Type. */
export function acceptBodies(fastify: FastifyInstance): void {
  fastify.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    '*',
    { parseAs: 'buffer' },
    async (request: { url: string; headers: { 'content-type'?: string } }, bytes: Buffer) =>
      request.url.startsWith(rawBodiesPath)
        ? bytes
        : parseBody(bytes.toString('utf8'), request.headers['content-type']),
  );
}
