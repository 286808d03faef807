import { z } from 'zod';
import {
  destinationSchema,
  importOptionsSchema,
  instant,
  runReference,
  sourceVersionSchema,
} from './parts.js';

/**
 * From the fetcher to the importer. Once this is published the whole file is durable, hashed, and readable from
 * any importer at `file.uri`.
 */
export const runStagedV1Subject = 'sync.run.staged.v1';

/** A file at rest in the staged-file store, readable from any host that is configured with the same store. */
export const stagedFileSchema = z.object({
  uri: z.string().min(1),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type StagedFileReference = z.infer<typeof stagedFileSchema>;

export const runStagedV1Schema = z.object({
  ...runReference,
  stagedAt: instant,
  file: stagedFileSchema,
  /** The file's own name, last path segment only, e.g. `ports.csv`; empty when the source gave none. */
  fileName: z.string().max(255),
  /** The media type the source declared, lower-case and without parameters; `null` when it declared none. */
  mediaType: z.string().nullable(),
  source: sourceVersionSchema,
  destination: destinationSchema,
  options: importOptionsSchema,
  /** Time from the first request to the whole file at rest, in milliseconds. */
  fetchMs: z.number().nonnegative(),
});

export type RunStagedV1 = z.infer<typeof runStagedV1Schema>;
