import type { z } from 'zod';
import { runFinishedV1Schema, runFinishedV1Subject } from './run-finished.v1.js';
import { runRequestedV1Schema, runRequestedV1Subject } from './run-requested.v1.js';
import { runStagedV1Schema, runStagedV1Subject } from './run-staged.v1.js';
import { runStartedV1Schema, runStartedV1Subject } from './run-started.v1.js';

/** Every event of the path and its schema. A published version never changes: add optional fields or a new version. */
export const runEventSchemas = {
  [runRequestedV1Subject]: runRequestedV1Schema,
  [runStartedV1Subject]: runStartedV1Schema,
  [runStagedV1Subject]: runStagedV1Schema,
  [runFinishedV1Subject]: runFinishedV1Schema,
} as const;

export type RunEventSubject = keyof typeof runEventSchemas;
export type RunEvent<S extends RunEventSubject> = z.infer<(typeof runEventSchemas)[S]>;

/** The services that publish each subject. */
export const runEventProducers = {
  [runRequestedV1Subject]: ['scheduler'],
  [runStartedV1Subject]: ['fetcher'],
  [runStagedV1Subject]: ['fetcher'],
  [runFinishedV1Subject]: ['fetcher', 'importer'],
} as const satisfies Record<RunEventSubject, readonly string[]>;

/** The one service that consumes each subject; the name is also the durable consumer's. */
export const runEventConsumers = {
  [runRequestedV1Subject]: 'fetcher-requested',
  [runStartedV1Subject]: 'scheduler-started',
  [runStagedV1Subject]: 'importer-staged',
  [runFinishedV1Subject]: 'scheduler-finished',
} as const satisfies Record<RunEventSubject, string>;

/**
 * The message id of an event: publishing the same event of the same run again is dropped by the stream's
 * duplicate window, so that every publisher may simply publish again after a doubt.
 */
export function runEventMessageId(subject: RunEventSubject, runId: string): string {
  return `${runId}:${subject}`;
}
