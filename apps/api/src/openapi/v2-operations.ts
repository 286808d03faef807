import { z } from 'zod';
import { type Endpoint, v2Path } from '../v2/endpoint.js';
import { Problem, problemBody, problemMediaType } from '../v2/problems/problem.js';
import { type RequestProblemCode, requestProblems } from '../v2/problems/request-problems.js';
import type { DocumentedRefusal, Operation } from './operation.js';

/** A problem of RFC 9457 with what we add to it. */
const problemSchema = z
  .object({
    type: z
      .string()
      .meta({ description: 'Names the problem for ever, and is the address of a page about it.' }),
    title: z.string().meta({ description: 'A few words, the same for each problem of this type.' }),
    status: z.int().meta({ description: 'The status of the answer.' }),
    detail: z.string().meta({ description: 'What is wrong this time.' }),
    instance: z.string().meta({ description: 'Names this one request, as the log does.' }),
    remedy: z.string().meta({ description: 'What to do next.' }),
    errors: z
      .array(
        z.object({
          in: z.enum(['path', 'query', 'header', 'body']),
          name: z
            .string()
            .meta({ description: 'The parameter, or the path to the field with dots between.' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Each part of the request that is wrong.' }),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' });

const exampleRequestId = '5c1f7e1e-4a3b-4c0d-9e2f-1a2b3c4d5e04';

/** The operations of version 2, from the endpoints themselves. */
export function v2Operations(endpoints: readonly Endpoint[]): Operation[] {
  return endpoints.map((endpoint) => ({
    ...endpoint,
    path: v2Path + endpoint.path,
    answers: answersOf(endpoint),
    refusals: refusalsOf(problemsOf(endpoint)),
    key: 'header',
  }));
}

function answersOf({ answers, hasETag = false, method }: Endpoint): Operation['answers'] {
  if (!hasETag) return answers;
  const etag = { etag: 'The strong entity tag of this version.' };
  const tagged = Object.entries(answers).map(([status, answer]) => [
    status,
    answer.schema === undefined ? answer : { ...answer, headers: { ...answer.headers, ...etag } },
  ]);
  const notModified: Operation['answers'] =
    method === 'GET' ? { 304: { description: 'Still the version that If-None-Match names.' } } : {};
  return { ...(Object.fromEntries(tagged) as Operation['answers']), ...notModified };
}

/** What may be wrong with a request to this endpoint, without saying so at each of them. */
function problemsOf(endpoint: Endpoint): RequestProblemCode[] {
  const { pathSchema, querySchema, bodySchema, problems = [] } = endpoint;
  const always = [
    'key-missing',
    'key-invalid',
    'account-disabled',
    'scope-insufficient',
    'not-acceptable',
    'too-many-requests',
  ] as const;
  const ofParts = [
    ...(pathSchema === undefined ? [] : (['not-found'] as const)),
    ...(querySchema === undefined ? [] : (['parameters-invalid'] as const)),
    ...(bodySchema === undefined
      ? []
      : (['body-malformed', 'body-too-large', 'media-type-unsupported', 'fields-invalid'] as const)),
  ];
  return [
    ...new Set<RequestProblemCode>([...always, ...ofParts, ...problems, 'internal-error', 'unavailable']),
  ];
}

function refusalsOf(codes: readonly RequestProblemCode[]): Record<number, DocumentedRefusal> {
  const byStatus = new Map<number, RequestProblemCode[]>();
  for (const code of codes) {
    const { status } = requestProblems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${requestProblems[code].sentence}`).join('\n\n'),
        mediaType: problemMediaType,
        schema: problemSchema,
        examples: Object.fromEntries(
          ofStatus.map((code) => [code, problemBody(new Problem(code), exampleRequestId)]),
        ),
      },
    ]),
  );
}
