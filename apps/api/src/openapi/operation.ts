import type { z } from 'zod';
import type { KeyScope } from '../accounts/key-scope.js';
import type { DocumentedAnswer, EndpointDescription, EndpointExample } from '../v2/endpoint.js';

/** One operation of the OpenAPI document, of whichever version of the API. */
export interface Operation {
  readonly method: EndpointDescription['method'];
  /** The whole path; `:name` is a parameter. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly pathSchema?: z.ZodObject | undefined;
  readonly querySchema?: z.ZodObject | undefined;
  readonly bodySchema?: z.ZodType | undefined;
  readonly requestHeaders?: Readonly<Record<string, string>> | undefined;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** Answers when something is wrong: each status with what is sent then. */
  readonly refusals: Readonly<Record<number, DocumentedRefusal>>;
  readonly example?: EndpointExample | undefined;
  /** How a request says who it is from: by a header, in any of the ways of version 1, or not at all. */
  readonly key: 'header' | 'anywhere' | 'none';
  /** What the key must reach; absent where none is needed. */
  readonly scope?: KeyScope | undefined;
}

/** One status of refusals. */
export interface DocumentedRefusal {
  readonly description: string;
  readonly mediaType: string;
  readonly schema: z.ZodType;
  /** Bodies, by a name each. */
  readonly examples: Readonly<Record<string, object>>;
}
