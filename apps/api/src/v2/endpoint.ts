import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { KeyScope } from '../accounts/key-scope.js';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import type { RequestProblemCode } from './problems/request-problems.js';

/** Everything of version 2 is below this path. */
export const v2Path = '/api/v2';

/** What a handler is given: all of it checked against the schemas of its endpoint. */
export interface EndpointRequest<Path, Query, Body> {
  readonly id: string;
  readonly account: AuthenticatedAccount;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly headers: IncomingHttpHeaders;
  /** A signal that aborts when the client goes away before it is answered. */
  readonly untilGone: () => AbortSignal;
}

/** What a handler gives: `body` is sent as JSON, `content` as it is. */
export interface EndpointAnswer {
  /** @default 200, or 204 when nothing is sent */
  readonly status?: number;
  readonly body?: object;
  readonly content?: { readonly mediaType: string; readonly data: string | Buffer | Readable };
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer that an endpoint gives when nothing is wrong. */
export interface DocumentedAnswer {
  readonly description: string;
  /** What the JSON looks like; absent when there is none. */
  readonly schema?: z.ZodType;
  /** The media type of what is no JSON. */
  readonly mediaType?: string;
  /** Headers beside those that every answer has, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that works as it stands, for readers and for the test that sends it. */
export interface EndpointExample {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly status: number;
  /** What the answer looks like. */
  readonly answer?: object;
}

/** All that is said about an endpoint; the OpenAPI document is written from this. */
export interface EndpointDescription {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v2`; `:name` is a parameter. */
  readonly path: string;
  readonly operationId: string;
  /** What a key must reach: `read` for looking, `write` for changing, `admin` for what guards the account itself. */
  readonly scope: KeyScope;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly pathSchema?: z.ZodObject;
  readonly querySchema?: z.ZodObject;
  readonly bodySchema?: z.ZodType;
  /** Request headers that it knows, with what they do. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Whether 200 carries an ETag, and `If-None-Match` leads to 304. */
  readonly hasETag?: boolean;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** The problems of its own, beside those that every endpoint has. */
  readonly problems?: readonly RequestProblemCode[];
  readonly example: EndpointExample;
}

/** An endpoint of `/api/v2`, whatever its schemas are. */
export interface Endpoint extends EndpointDescription {
  handle(request: EndpointRequest<unknown, unknown, unknown>): Promise<EndpointAnswer>;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/**
 * Declares an endpoint: what it takes, what it gives, how it is documented, and what it does. The handler's types come from
 * the schemas.
 */
export function defineEndpoint<
  Path extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  endpoint: Omit<EndpointDescription, 'pathSchema' | 'querySchema' | 'bodySchema'> & {
    readonly pathSchema?: Path;
    readonly querySchema?: Query;
    readonly bodySchema?: Body;
    handle(request: EndpointRequest<Parsed<Path>, Parsed<Query>, Parsed<Body>>): Promise<EndpointAnswer>;
  },
): Endpoint {
  return endpoint;
}
