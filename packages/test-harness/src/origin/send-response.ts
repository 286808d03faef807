import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { BodyPieces, ResponseScript } from './response-script.js';

/** Plays one script on the wire. Rejects when the client goes away in between. */
export async function sendResponse(
  response: ServerResponse,
  script: ResponseScript,
  signal: AbortSignal,
): Promise<void> {
  if (script.delayMs !== undefined) await delay(script.delayMs, undefined, { signal });
  if (script.hang === 'before-headers') return;
  response.sendDate = false;
  response.writeHead(script.status ?? 200, { ...framingHeaders(script), ...script.headers });
  // Node would flush them as UTF-8, while headers that leave with the first bytes of the body are sent as they are.
  const isHeaderAlone =
    script.hang === 'after-headers' || script.bodyDelayMs !== undefined || script.cutAfterBytes === 0;
  if (isHeaderAlone) response.flushHeaders();
  if (script.hang === 'after-headers') return;
  if (script.bodyDelayMs !== undefined) await delay(script.bodyDelayMs, undefined, { signal });
  await sendBody(response, script, signal);
  if (script.hang === 'after-body') return;
  if (script.cutAfterBytes === undefined) response.end();
  else response.socket?.destroySoon();
}

function framingHeaders({ body = '', framing, status = 200 }: ResponseScript): Record<string, string> {
  const bodyless = status === 204 || status === 304;
  switch (framing ?? (typeof body === 'function' ? 'chunked' : 'content-length')) {
    case 'content-length':
      if (typeof body === 'function') throw new Error('a made body has no length to announce');
      return bodyless ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    case 'chunked':
      return { 'Transfer-Encoding': 'chunked' };
    case 'close':
      return { Connection: 'close' };
  }
}

async function sendBody(
  response: ServerResponse,
  script: ResponseScript,
  signal: AbortSignal,
): Promise<void> {
  let bytesLeft = script.cutAfterBytes ?? Infinity;
  for await (const piece of piecesOf(script.body ?? '')) {
    if (signal.aborted || bytesLeft === 0) return;
    const bytes = Buffer.from(piece as Uint8Array).subarray(0, bytesLeft);
    bytesLeft -= bytes.length;
    if (!response.write(bytes)) await once(response, 'drain', { signal });
  }
}

function piecesOf(body: NonNullable<ResponseScript['body']>): BodyPieces {
  if (typeof body === 'function') return body();
  return Buffer.byteLength(body) === 0 ? [] : [body];
}
