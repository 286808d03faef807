import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Source } from './source.js';

/** Shown by the customer to sources that want it, and found nowhere else afterwards. */
export const plantedSecret = 'planted-3f1c9a7e5b';

/** Longer than fetchers wait for a source that has gone silent. */
const silenceMs = 8_000;

/** Answers as the mood of the source has it. */
export function answerRequest(source: Source, request: IncomingMessage, response: ServerResponse): void {
  if (!isAllowed(source, request)) return refuse(response, 401);
  switch (source.mood) {
    case 'missing':
      return refuse(response, 404);
    case 'broken':
      return refuse(response, 503);
    case 'limiting':
      response.setHeader('Retry-After', '1');
      return refuse(response, 429);
    case 'empty':
      return void response.writeHead(200, { 'Content-Length': 0 }).end();
    case 'well':
    case 'stalling':
    case 'tearing':
      return serve(source, request, response);
  }
}

function isAllowed({ shape }: Source, { url, headers }: IncomingMessage): boolean {
  if (shape.secret === 'query')
    return new URL(url ?? '', 'http://source').searchParams.get('token') === plantedSecret;
  return shape.secret === 'none' || headers['x-api-key'] === plantedSecret;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${status}\n`);
}

function serve(
  { shape, version, body, mood }: Source,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const validators = validatorsOf(shape.validator, version);
  const isCurrent =
    (validators.ETag !== undefined && headers['if-none-match'] === validators.ETag) ||
    (headers['if-none-match'] === undefined &&
      validators['Last-Modified'] !== undefined &&
      headers['if-modified-since'] === validators['Last-Modified']);
  if (isCurrent) return void response.writeHead(304, validators).end();
  const from = resumedAt(headers, validators.ETag, body.length);
  const rest = body.subarray(from);
  response.writeHead(from === 0 ? 200 : 206, {
    ...validators,
    'Content-Type': 'application/octet-stream',
    'Content-Length': rest.length,
    ...(from === 0 ? {} : { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}` }),
  });
  if (mood === 'well') return void response.end(rest);
  response.write(rest.subarray(0, rest.length >> 1));
  setTimeout(() => response.destroy(), mood === 'tearing' ? 20 : silenceMs);
}

/** Only a strong tag says that the rest belongs to the same file. */
function resumedAt(headers: IncomingMessage['headers'], etag: string | undefined, bytes: number): number {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const isSame = etag !== undefined && !etag.startsWith('W/') && headers['if-range'] === etag;
  return isSame && from < bytes ? from : 0;
}

function validatorsOf(
  kind: Source['shape']['validator'],
  version: number,
): { ETag?: string; 'Last-Modified'?: string } {
  if (kind === 'etag') return { ETag: `"v${version}"` };
  if (kind === 'weak-etag') return { ETag: `W/"v${version}"` };
  if (kind === 'last-modified') {
    return { 'Last-Modified': new Date(Date.UTC(2020, 0, 1) + version * 60_000).toUTCString() };
  }
  return {};
}
