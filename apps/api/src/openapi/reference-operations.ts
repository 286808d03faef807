import { z } from 'zod';
import type { Operation } from './operation.js';

const page = { tag: 'Documentation', refusals: {}, key: 'none' } as const;
const html = { 200: { description: 'A page for people.', mediaType: 'text/html' } };

/** What documents all the rest. */
export const referenceOperations: readonly Operation[] = [
  {
    ...page,
    method: 'GET',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'Read this document',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({}) } },
    example: { status: 200 },
  },
  {
    ...page,
    method: 'GET',
    path: '/docs',
    operationId: 'docs',
    summary: 'Browse this document',
    answers: html,
    example: { status: 200 },
  },
  {
    ...page,
    method: 'GET',
    path: '/docs/:file',
    operationId: 'docsFile',
    summary: 'Load a part of that page',
    pathSchema: z.object({ file: z.string().meta({ description: 'Its name.' }) }),
    answers: { 200: { description: 'A script or a style sheet.', mediaType: 'text/javascript' } },
    example: { path: { file: 'swagger-ui.css' }, status: 200 },
  },
  {
    ...page,
    method: 'GET',
    path: '/problems',
    operationId: 'problems',
    summary: 'List all problems',
    answers: html,
    example: { status: 200 },
  },
  {
    ...page,
    method: 'GET',
    path: '/problems/:code',
    operationId: 'problem',
    summary: 'Read about a problem',
    pathSchema: z.object({ code: z.string().meta({ description: 'The code of the problem.' }) }),
    answers: html,
    example: { path: { code: 'source-not-found' }, status: 200 },
  },
];
