import { describe, expect, it } from '@jest/globals';
import { NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { explainError } from './explain-error.js';
import { badRequest } from './refusal.js';

describe('an error', () => {
  it('that is a refusal is the answer', () => {
    const refusal = badRequest('Invalid url: is wrong.');
    expect(explainError(refusal)).toBe(refusal);
  });

  it('of Nest keeps its status and loses its text, which repeats the URL', () => {
    const explained = explainError(new NotFoundException('Cannot GET /x?api_key=secret'));
    expect(explained).toMatchObject({ statusCode: 404, message: 'There is nothing at this address.' });
  });

  it('of Fastify keeps its status', () => {
    const error = Object.assign(new Error('Request body is too large'), { statusCode: 413 });
    expect(explainError(error)).toMatchObject({ statusCode: 413, message: 'The body is larger than 1 MiB.' });
  });

  it('with a status nobody foresaw has an answer', () => {
    expect(explainError(Object.assign(new Error(), { statusCode: 418 }))).toMatchObject({
      statusCode: 418,
      message: 'The request was refused.',
    });
  });

  it.each([
    [new Error('boom')],
    [new TypeError('boom')],
    [new ServiceUnavailableException()],
    [Object.assign(new Error(), { statusCode: 500 })],
    [Object.assign(new Error(), { statusCode: '404' })],
    ['a string'],
    [null],
  ])('that is our own fault is none: %s', (error) => {
    expect(explainError(error)).toBeNull();
  });
});
