import { z } from 'zod';
import { errorCatalogue } from './catalogue.js';
import { type SyncErrorCode, syncErrorCodes } from './sync-error-code.js';
import type { SyncError } from './sync-error.js';

/** The longest `detail`, in characters; longer ones are cut when a failure is made. */
export const failureDetailCharactersMax = 300;

/** A failure as it crosses services: data, never a class. */
export const failureSchema = z
  .object({
    code: z.enum(syncErrorCodes).describe('A code of the error catalogue.'),
    detail: z
      .string()
      .max(failureDetailCharactersMax)
      .nullable()
      .describe('Where it happened, for the customer to read; never a cell, a host, a URL or SQL.'),
    retryAfterSeconds: z
      .int()
      .positive()
      .optional()
      .describe('For how long the source asked to be left alone.'),
  })
  .describe('Why the run failed.');

export type Failure = z.infer<typeof failureSchema>;

/** A failure to publish, from the error that ended the run. */
export function failureOf(error: SyncError): Failure {
  const { code, detail, retryAfterSeconds } = error;
  return {
    code,
    detail: detail === undefined ? null : cut(detail),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Cut between characters: half a surrogate pair is refused by the metadata database. */
function cut(detail: string): string {
  return detail.slice(0, failureDetailCharactersMax).replace(/[\uD800-\uDBFF]$/, '');
}

/** What a customer reads: what happened, where, and what to do next, in this order. */
export function failureMessage(failure: { code: SyncErrorCode; detail: string | null }): string {
  const { sentence, remedy } = errorCatalogue[failure.code];
  return [sentence, failure.detail === null ? null : `(${failure.detail})`, remedy]
    .filter((part) => part !== null)
    .join(' ');
}
