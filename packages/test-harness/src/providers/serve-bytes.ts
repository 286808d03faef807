import type { ResponseScript } from '../origin/response-script.js';
import type { ProviderRequest } from './provider-request.js';

/** Answers with bytes, or with the part of them that one `Range` asks for; other ranges are not looked at. */
export function serveBytes(
  { headers }: ProviderRequest,
  bytes: Buffer,
  more: Record<string, string>,
  unsatisfiable: ResponseScript,
): ResponseScript {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (first === undefined) return { headers: more, body: bytes };
  const from = Number(first);
  const to = Math.min(last === undefined || last === '' ? Infinity : Number(last), bytes.length - 1);
  if (from > to) {
    const where = { 'Content-Range': `bytes */${bytes.length}` };
    return { ...unsatisfiable, headers: { ...unsatisfiable.headers, ...where } };
  }
  const where = { 'Content-Range': `bytes ${from}-${to}/${bytes.length}` };
  return { status: 206, headers: { ...more, ...where }, body: bytes.subarray(from, to + 1) };
}
