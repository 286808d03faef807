import type { ApiUnderTest } from './api-under-test.js';

/** An operation of the OpenAPI document, as a test that knows nothing else of the API sees it. */
export interface DocumentedOperation {
  readonly method: string;
  /** With `{name}` for each parameter. */
  readonly path: string;
  /** What the key must reach; null where none is needed. */
  readonly scope: string | null;
  /** A body that works. */
  readonly body: object | undefined;
  readonly isJson: boolean;
  /** The parameters of the path that are ids, each with the kind of resource: the part of the path before it. */
  readonly ids: readonly { name: string; kind: string }[];
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; schema?: { enum?: string[] } }[];
  requestBody?: { content: Record<string, { example?: object }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

/** All operations of the document that the api serves. */
export async function readOperations(api: ApiUnderTest): Promise<DocumentedOperation[]> {
  const { json } = await api.call('GET', '/openapi.json');
  return Object.entries((json as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => read(method.toUpperCase(), path, operation)),
  );
}

function read(method: string, path: string, operation: Operation): DocumentedOperation {
  const words = (operation.parameters ?? []).filter((parameter) => parameter.schema?.enum !== undefined);
  const spelled = words.reduce(
    (text, { name, schema }) => text.replace(`{${name}}`, schema?.enum?.[0] ?? ''),
    path,
  );
  const content = Object.keys(operation.responses['200']?.content ?? {});
  return {
    method,
    path: spelled,
    scope: operation.security.length === 0 ? null : (operation.security[0]?.['bearer']?.[0] ?? 'undeclared'),
    body: operation.requestBody?.content['application/json']?.example,
    isJson: content.length === 0 || content.includes('application/json'),
    ids: [...spelled.matchAll(/([^/{}]+)\/\{(\w+)\}/g)].map(([, kind = '', name = '']) => ({ name, kind })),
  };
}

/** The path with an id for each parameter. */
export function fillIn({ path, ids }: DocumentedOperation, values: readonly string[]): string {
  return ids.reduce((text, { name }, at) => text.replace(`{${name}}`, values[at] ?? ''), path);
}
