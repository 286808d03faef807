import { HttpException } from '@nestjs/common';
import { Refusal } from './refusal.js';

/** What each status says when Nest or Fastify refused a request before any of our code saw it. */
const sentences: Record<number, string> = {
  400: 'The request could not be understood.',
  404: 'There is nothing at this address.',
  413: 'The body is larger than 1 MiB.',
  415: 'The Content-Type header could not be understood.',
};

/**
 * The refusal behind an error, or `null` when the error is our own fault.
 * Texts of Nest and Fastify are never passed on: they repeat the request's URL, which may hold a key.
 */
export function explainError(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const statusCode = statusCodeOf(error);
  if (statusCode === null || statusCode < 400 || statusCode >= 500) return null;
  return new Refusal(statusCode, sentences[statusCode] ?? 'The request was refused.');
}

function statusCodeOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  return typeof error.statusCode === 'number' ? error.statusCode : null;
}
