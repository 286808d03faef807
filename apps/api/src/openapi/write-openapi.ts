import type { z } from 'zod';
import { JsonSchemas } from './json-schema.js';
import type { DocumentedRefusal, Operation } from './operation.js';

/** The OpenAPI document, as JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly [part: string]: unknown;
}

const about = {
  title: 'Tidetable',
  version: '2',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  description:
    'Keeps PostGIS tables in step with files that live elsewhere. Version 1 is CARTO’s Sync Tables API, field by field; version 2 is for everything else.',
};

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
  basic: { type: 'http', scheme: 'basic', description: 'The name of the account, and an API key.' },
  apiKey: { type: 'apiKey', in: 'query', name: 'api_key', description: 'An API key. Version 1 only.' },
};
const schemesOf: Record<Operation['key'], readonly (keyof typeof securitySchemes)[]> = {
  header: ['bearer', 'basic'],
  anywhere: ['bearer', 'basic', 'apiKey'],
  none: [],
};

const username = {
  username: { default: 'demo', description: 'The account, which must be the one of the key.' },
};
/** Version 1 is also below the name of an account, in two spellings. */
const accountServers = [
  { url: '/' },
  { url: '/user/{username}', variables: username },
  { url: '/u/{username}', variables: username },
];

/** Writes the document for all operations: nothing in it is written by hand elsewhere. */
export function writeOpenApi(operations: readonly Operation[]): OpenApiDocument {
  const schemas = new JsonSchemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = (paths[openApiPath(operation.path)] ??= {});
    path[operation.method.toLowerCase()] = writeOperation(operation, schemas);
  }
  const tags = [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name }));
  return {
    openapi: '3.1.0',
    info: about,
    servers: [{ url: '/' }],
    tags,
    paths,
    components: { schemas: schemas.components, securitySchemes },
  };
}

/** The spelling of parameters in OpenAPI. */
function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function writeOperation(operation: Operation, schemas: JsonSchemas): object {
  const { operationId, tag, summary, description = '', bodySchema, example, scope } = operation;
  const needs =
    scope === undefined ? '' : `Needs a key of scope \`${scope}\`${scope === 'admin' ? '' : ' or more'}.`;
  const says = [description, needs].filter((text) => text !== '').join('\n\n');
  return {
    operationId,
    tags: [tag],
    summary,
    ...(says === '' ? {} : { description: says }),
    security: schemesOf[operation.key].map((name) => ({ [name]: scope === undefined ? [] : [scope] })),
    ...(operation.key === 'anywhere' ? { servers: accountServers } : {}),
    parameters: writeParameters(operation, schemas),
    ...(bodySchema === undefined ? {} : { requestBody: writeBody(bodySchema, example?.body, schemas) }),
    responses: writeResponses(operation, schemas),
  };
}

function writeBody(schema: z.ZodType, example: object | undefined, schemas: JsonSchemas): object {
  const content = { schema: schemas.write(schema, 'input'), ...(example === undefined ? {} : { example }) };
  return { required: !schema.safeParse({}).success, content: { 'application/json': content } };
}

function writeParameters(
  { pathSchema, querySchema, requestHeaders = {}, example }: Operation,
  schemas: JsonSchemas,
): object[] {
  const ofSchema = (
    schema: z.ZodObject | undefined,
    place: 'path' | 'query',
    examples: Readonly<Record<string, string>> = {},
  ): object[] =>
    Object.entries(schema?.shape ?? {}).map(([name, field]) => {
      const { description, ...written } = schemas.write(field as z.ZodType, 'input');
      return {
        name,
        in: place,
        required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
        ...(description === undefined ? {} : { description }),
        schema: written,
        ...(examples[name] === undefined ? {} : { example: exampleOf(written, examples[name]) }),
      };
    });
  const headers = Object.entries(requestHeaders).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [
    ...ofSchema(pathSchema, 'path', example?.path),
    ...ofSchema(querySchema, 'query', example?.query),
    ...headers,
  ];
}

/** What is sent as text may stand for a number or a truth. */
function exampleOf({ type }: Record<string, unknown>, text: string): unknown {
  return type === 'integer' || type === 'boolean' ? JSON.parse(text) : text;
}

function writeResponses({ answers, refusals, example }: Operation, schemas: JsonSchemas): object {
  const ofAnswers = Object.entries(answers).map(([status, answer]) => [
    status,
    {
      description: answer.description,
      headers: writeHeaders(answer.headers),
      ...writeContent(answer, Number(status) === example?.status ? example.answer : undefined, schemas),
    },
  ]);
  const ofRefusals = Object.entries(refusals).map(([status, refusal]) => [
    status,
    writeRefusal(refusal, schemas),
  ]);
  return Object.fromEntries([...ofAnswers, ...ofRefusals]) as object;
}

function writeContent(
  { schema, mediaType = 'application/json' }: Operation['answers'][number],
  example: object | undefined,
  schemas: JsonSchemas,
): object {
  if (schema === undefined && mediaType === 'application/json') return {};
  const written = schema === undefined ? { type: 'string' } : schemas.write(schema, 'output');
  return { content: { [mediaType]: { schema: written, ...(example === undefined ? {} : { example }) } } };
}

const headersOfAll = {
  'x-request-id': 'Names the request, as the log does.',
  'ratelimit-policy': 'How many requests (`q`) an account may make in how many seconds (`w`).',
  ratelimit: 'How many are left (`r`), and in how many seconds there are all again (`t`).',
};

function writeHeaders(headers: Readonly<Record<string, string>> = {}): object {
  const all = { ...headersOfAll, ...headers };
  return Object.fromEntries(
    Object.entries(all).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function writeRefusal(
  { description, mediaType, schema, examples }: DocumentedRefusal,
  schemas: JsonSchemas,
): object {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    description,
    content: {
      [mediaType]: { schema: schemas.write(schema, 'output'), examples: Object.fromEntries(named) as object },
    },
  };
}
