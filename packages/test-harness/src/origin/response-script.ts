import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** Pieces of a body, made while they are sent; the client's back-pressure holds their maker back. */
export type BodyPieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> | Readable;

/** What the origin does with one request. Everything left out is what an honest file server would do. */
export interface ResponseScript {
  /** @default 200 */
  status?: number;
  /** Sent as they are; a `Content-Length` or `Transfer-Encoding` here overrules `framing`, also when it lies. */
  headers?: Record<string, string>;
  /** Whole, or a function that makes the pieces, also without an end. @default empty */
  body?: string | Uint8Array | (() => BodyPieces);
  /**
   * How the end of the body is told. @default `content-length` for a whole body, `chunked` for pieces;
   * `close` announces nothing and closes the connection after the body.
   */
  framing?: 'content-length' | 'chunked' | 'close';
  /** Closes the connection after so many bytes of the body, whatever the framing has announced. */
  cutAfterBytes?: number;
  /** Waits before the headers. */
  delayMs?: number;
  /** Waits between the headers and the body. */
  bodyDelayMs?: number;
  /** Keeps the connection open and says nothing (more) until the client gives up or the origin stops. */
  hang?: 'before-headers' | 'after-headers' | 'after-body';
}

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
}
